// Asks the browser not to clean the log up. Browsers agree once a site is used or installed, so it is asked after a session.

export async function isPersisted(): Promise<boolean> {
  return (await navigator.storage?.persisted?.()) ?? false;
}

/** True when the browser agreed. */
export async function askToPersist(): Promise<boolean> {
  return (await navigator.storage?.persist?.()) ?? false;
}
