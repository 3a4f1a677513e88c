/**
 * Letters that keyboards of several languages have in different forms, and digits of scripts that have their own; what
 * each becomes stands at the same place in `typedAs`. Never changes, because what a migration has made stays.
 */
const zeros =
  '\u0660\u06f0\u07c0\u0966\u09e6\u0a66\u0ae6\u0b66\u0be6\u0c66\u0ce6\u0d66\u0e50\u0ed0\u0f20\u1040\u17e0\u1810'
const digitsFrom = (zero: string) =>
  Array.from({ length: 10 }, (_, digit) => String.fromCodePoint(zero.codePointAt(0)! + digit)).join('')

export const typed = 'یىېکہھەة' + [...zeros].map(digitsFrom).join('')
export const typedAs = 'يييكهههه' + '0123456789'.repeat(zeros.length)
