/** How much the bot says on a pull request, from least to most. */
export const chatLevels = ['incognito', 'minimal', 'basic', 'chatty'] as const;
export type ChatLevel = (typeof chatLevels)[number];
