import type { MediaFile } from '../../../sdk/index.ts'
import type { IconName } from '../ui/icon.tsx'

/** The kinds of files that people tell apart, and the types of content that each stands for. */
export const fileKinds = {
  picture: {
    name: 'Pictures',
    one: 'Picture',
    icon: 'picture',
    types: ['image/jpeg', 'image/png', 'image/gif', 'image/webp'],
  },
  pdf: { name: 'PDF', one: 'PDF', icon: 'file', types: ['application/pdf'] },
  document: {
    name: 'Documents',
    one: 'Document',
    icon: 'post',
    types: ['application/msword', 'application/vnd.openxmlformats-officedocument.wordprocessingml.document'],
  },
} as const satisfies Record<string, { name: string; one: string; icon: IconName; types: readonly string[] }>
export type FileKind = keyof typeof fileKinds

export const kindNames = Object.keys(fileKinds) as FileKind[]

/** A type that is not known here is a document of some kind. */
export const kindOf = ({ file_type }: Pick<MediaFile, 'file_type'>): FileKind =>
  kindNames.find(kind => (fileKinds[kind].types as readonly string[]).includes(file_type)) ?? 'document'

export const isPicture = (file: Pick<MediaFile, 'file_type'>) => kindOf(file) === 'picture'

/** For the choice of files; what a file really is the server finds out. */
export const acceptedTypes = kindNames.flatMap(kind => fileKinds[kind].types as readonly string[]).join(',')
export const acceptedPictures = fileKinds.picture.types.join(',')
