/** What may be done to a job, as buttons. Only what can be done is offered. */
import { jobHref, jobPath } from './addresses.js';
import { h, setText } from './dom.js';
import { ask } from './session.js';

const over = ({ state }) => state === 'Finished' || state === 'Failed';

const offers = [
  {
    id: 'retry',
    label: 'Retry',
    right: 'canRetry',
    wish: 'ask for it again',
    fits: ({ state, reason }) => state === 'Failed' || state === 'Pending' || reason === 'cancelled',
    told: ({ job }, row) =>
      job === row.name
        ? ['Asked for again: the run appears here.']
        : [
            'The Transform has changed since: this is another job now, ',
            h('a', { href: jobHref({ namespace: row.namespace, name: job }) }, job),
          ],
  },
  {
    id: 'cancel',
    label: 'Cancel',
    right: 'canCancel',
    wish: 'cancel it',
    fits: (row) => !over(row) && !row.cancelling,
    told: (_answer, { state }) => [state === 'InProgress' ? 'It stops within seconds.' : 'It will not run.'],
  },
];

/** Undefined where there is nothing to do, or nobody here may. */
export function actions(row, me) {
  const fitting = offers.filter(({ fits }) => fits(row));
  const open = fitting.filter(({ right }) => me[right]);
  if (open.length === 0) {
    const wishes = fitting.map(({ wish }) => wish).join(', or ');
    return me.canSignIn && !me.signedIn && wishes !== '' ? h('p.note.spaced', {}, `Sign in to ${wishes}.`) : undefined;
  }
  const said = h('span', { role: 'status' });
  const buttons = open.map(({ id, label, told }) =>
    h('button', { type: 'button', id, class: id === 'cancel' ? 'quiet' : '', onclick: () => act(id, told) }, label),
  );
  let busy = false;
  // a button that is disabled would lose the focus of who uses the keyboard
  const setBusy = (value) => {
    busy = value;
    for (const button of buttons) button.ariaDisabled = String(value);
  };
  async function act(id, told) {
    if (busy) return;
    setBusy(true);
    setText(said, 'Asking …');
    try {
      said.replaceChildren(...told(await ask(`${jobPath(row)}/${id}`, { method: 'POST' }), row));
    } catch (error) {
      setText(said, error.message);
    }
    setBusy(false);
  }
  return h('p.actions', {}, buttons, said);
}
