/** Loads the page, and once more where a file of it did not come: a browser breaks off what is under way when the network changes. */

/** Loads of the page in a row, and the wait after the first in milliseconds; after the second it is twice as long, and so on. */
const [mostLoads, wait] = [8, 500];
const key = 'dashboard-loads';

try {
  await import('./main.js');
  sessionStorage.removeItem(key);
} catch (error) {
  const loads = Number(sessionStorage.getItem(key)) + 1;
  sessionStorage.setItem(key, String(loads));
  if (loads >= mostLoads) throw error;
  setTimeout(() => location.reload(), loads * wait);
}
