/** Who is looking, and what they may do. The token lives as long as the tab. */
import { byId } from './dom.js';

const key = 'dashboard-token';
/** Between two tries to learn who is looking, where the server is away, in milliseconds. */
const learnInterval = 2_000;
const listeners = new Set();
let me = { signedIn: false, canSignIn: false, canRetry: false, canCancel: false, canSeeMedia: false };

export const session = {
  get me() {
    return me;
  },
  listen: (listener) => listeners.add(listener),
};

/** @throws Error with the message and the remedy of the server */
export async function ask(path, { method = 'GET', token = sessionStorage.getItem(key) } = {}) {
  const once = () => fetch(path, { method, headers: token ? { authorization: `Bearer ${token}` } : {} });
  // a change of network breaks requests off; what only reads is asked for once more
  const response = await (method === 'GET' ? once().catch(once) : once());
  const answer = await response.json().catch(() => ({}));
  if (response.ok) return answer;
  throw Object.assign(
    new Error([answer.message, answer.remedy].filter(Boolean).join(' ') || `The server answered ${response.status}.`),
    {
      status: response.status,
    },
  );
}

export async function startSession() {
  const dialog = byId('sign-in-dialog');
  const button = byId('sign-in');
  const field = byId('sign-in-token');
  const fault = byId('sign-in-fault');

  async function learn(token) {
    me = await ask('api/me', { token });
    button.hidden = !me.canSignIn;
    button.textContent = me.signedIn ? 'Sign out' : 'Sign in';
    for (const listener of listeners) listener(me);
  }
  async function signOut() {
    sessionStorage.removeItem(key);
    await learnKept();
  }
  button.addEventListener('click', () => {
    if (me.signedIn) return signOut();
    fault.textContent = '';
    field.value = '';
    dialog.showModal();
  });
  byId('sign-in-cancel').addEventListener('click', () => dialog.close());
  byId('sign-in-form').addEventListener('submit', async (event) => {
    event.preventDefault();
    fault.textContent = '';
    try {
      await learn(field.value);
      sessionStorage.setItem(key, field.value);
      field.value = '';
      dialog.close();
    } catch (error) {
      fault.textContent = error.message;
      field.select();
    }
  });
  takeTokenFromAddress();
  await learnKept();

  /** Until the server is there the page is read-only. */
  async function learnKept() {
    try {
      await learn(sessionStorage.getItem(key));
    } catch (error) {
      if (error.status !== 401) return void setTimeout(learnKept, learnInterval);
      sessionStorage.removeItem(key); // there is another token by now
      await learnKept();
    }
  }
}

/** `#token=…` signs in at once: gst-functions dev prints such an address. It does not stay in the address. */
function takeTokenFromAddress() {
  if (!location.hash.startsWith('#token=')) return;
  sessionStorage.setItem(key, decodeURIComponent(location.hash.slice('#token='.length)));
  history.replaceState(null, '', '#/');
}
