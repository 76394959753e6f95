/**
 * Status of a Job that was asked for, and of which nothing else is known. The API server gives it to a record that is made
 * without one: a new record is one request, for its status would be another.
 */
export const requestedStatus = {
  state: 'Pending' as const,
  conditions: [
    { type: 'Pending', status: 'True' as const, reason: 'Requested', message: 'It was asked for; no run has begun.' },
  ] satisfies [object],
};
