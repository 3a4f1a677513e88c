import type { MediaFile } from '../../../sdk/index.ts'

/** Under the name that it had where it came from. */
export function downloadFile({ url, original_filename }: MediaFile): void {
  const link = document.createElement('a')
  link.href = url
  link.download = original_filename
  link.click()
}
