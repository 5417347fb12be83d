/** `eessi-VERSION-TYPE-OS-ARCH-TIMESTAMP` as `VERSION/TYPE/OS/ARCH/TIMESTAMP`: where artefacts without a prefix lie. */
export function legacyPath(stem: string): string {
  return stem.replaceAll(/-+/g, '/').replace(/^eessi./, '');
}
