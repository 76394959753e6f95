/** Where a job is: in the page, and at the server. */

const parts = ({ namespace, name }) => `${encodeURIComponent(namespace)}/${encodeURIComponent(name)}`;

export const jobHref = (row) => `#/jobs/${parts(row)}`;
export const jobPath = (row) => `api/jobs/${parts(row)}`;
