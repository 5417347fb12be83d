/** Who has repositories on GitHub: letters, digits and hyphens; company-managed accounts have an underscore. No group within others. */
export const ownerLogin = /^[A-Za-z0-9_-]{1,100}$/;
