/** Where an owner installs the App, by the address of the App's page. */
export const installAddress = (page: string) => `${page}/installations/new`;
