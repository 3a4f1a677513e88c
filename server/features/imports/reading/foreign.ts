import { AppError } from '../../../kernel/errors.ts'

/** Files that are not text with tasks, by their first bytes, and what their owner can do. */
const foreign: { is: (head: Buffer) => boolean; say: string }[] = [
  { is: zipWith(/\bxl\/|spreadsheetml/), say: 'This is an Excel workbook: save it as CSV UTF-8.' },
  {
    is: zipWith(/opendocument\.spreadsheet/),
    say: 'This is a spreadsheet of LibreOffice (ODS): save it as CSV, in UTF-8.',
  },
  {
    is: zipWith(/Index\/(Document|Tables?|Metadata)|Index\.zip/),
    say: 'This is a Numbers spreadsheet: export it as CSV.',
  },
  {
    is: zipWith(/\bword\/|wordprocessingml|opendocument\.text/),
    say: 'This is a text document: save its table as CSV.',
  },
  { is: begins('d0cf11e0'), say: 'This is an old Excel workbook or another Office file: save it as CSV UTF-8.' },
  {
    is: begins('1f8b', '504b', '425a68', '28b52ffd', '377abcaf', '526172211a07', 'fd377a585a'),
    say: 'Unpack the file first.',
  },
  { is: begins('fffe0000', '0000feff'), say: 'This is UTF-32: save it as UTF-8.' },
  { is: begins('7b5c727466'), say: 'This is a text document (RTF): save its table as CSV.' },
  { is: begins('25504446'), say: 'This is a PDF. Export the tasks as CSV or JSON instead.' },
  { is: begins('89504e47', 'ffd8ff', '47494638'), say: 'This is a picture. Export the tasks as CSV or JSON instead.' },
  {
    is: marked(/^(<!doctype html|<html|<head|<body|<table)/i),
    say: 'This is a web page (some programs call it .xls): export the tasks as CSV or JSON instead.',
  },
  { is: marked(/^<(\?xml|rss|feed)/i), say: 'This is XML: export the tasks as CSV or JSON instead.' },
]

/** @throws AppError `unsupported_media_type` on `file` for what cannot be read, and says what can be done */
export function refuseForeign(head: Buffer): void {
  const found = foreign.find(({ is }) => is(head))
  if (found)
    throw new AppError('unsupported_media_type', found.say, { fields: { file: [found.say.replace(/\.$/, '')] } })
}

function begins(...magic: string[]) {
  return (head: Buffer) => magic.some(hex => head.subarray(0, hex.length / 2).toString('hex') === hex)
}

/** The names of the files in a zip are stored before each file. */
function zipWith(name: RegExp) {
  return (head: Buffer) => begins('504b0304')(head) && name.test(head.toString('latin1'))
}

function marked(beginning: RegExp) {
  return (head: Buffer) => beginning.test(head.subarray(0, 1_024).toString('latin1').replace(/^ï»¿/, '').trimStart())
}
