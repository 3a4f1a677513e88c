import type { MediaFile } from '../../../sdk/index.ts'
import { startDownload } from '../ui/start-download.ts'

/** Under the name that it had where it came from. */
export const downloadFile = ({ url, original_filename }: MediaFile): void => startDownload(url, original_filename)
