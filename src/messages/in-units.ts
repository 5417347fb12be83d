const units = ['bytes', 'KiB', 'MiB', 'GiB', 'TiB'];

/** `3.1 GiB` */
export function inUnits(bytes: number): string {
  const power = Math.min(Math.floor(Math.log2(Math.max(bytes, 1)) / 10), units.length - 1);
  return `${Number((bytes / 1024 ** power).toFixed(1))} ${units[power]}`;
}
