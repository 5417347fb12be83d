/** A number with its word: `1 failure`, `2 failures`. */
export const counted = (count: number, one: string, many = `${one}s`) => `${count} ${count === 1 ? one : many}`;
