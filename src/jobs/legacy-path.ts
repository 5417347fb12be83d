/** `eessi-VERSION-TYPE-OS-ARCH-TIMESTAMP` as `VERSION/TYPE/OS/ARCH/TIMESTAMP`: the path of artefacts without a prefix. */
export function legacyPath(stem: string): string {
  return stem.replaceAll(/-+/g, '/').replace(/^eessi./, '');
}
