import type { Metrics } from '../metrics/metrics.ts';
import type { Tools } from './tools.ts';

/** Counts runs of the upload script. */
export function countUploads(metrics: Metrics): NonNullable<Tools['onUpload']> {
  return (result, bytes, milliseconds) => {
    metrics.observe('build_bot_upload_duration_seconds', { result }, milliseconds / 1000);
    if (result === 'uploaded') metrics.count('build_bot_uploaded_bytes_total', {}, bytes);
  };
}
