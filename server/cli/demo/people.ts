export interface DemoPerson {
  username: string
  name: string
  email: string
}

const person = (first: string, last: string): DemoPerson => ({
  username: `${first.toLowerCase()}.demo`,
  name: `${first} ${last}`,
  email: `${first.toLowerCase()}@demo.taskwire.local`,
})

/** The people of the demo projects. Nobody knows their passwords; an administrator can reset them. */
export const demoPeople = [
  person('Mira', 'Lindqvist'),
  person('Jonas', 'Okafor'),
  person('Priya', 'Raman'),
  person('Tomás', 'Herrera'),
  person('Aiko', 'Bennett'),
].map(({ username, name, email }) => ({ username: plain(username), name, email: plain(email) }))

/** Usernames and addresses have no accents. */
function plain(text: string): string {
  return text.normalize('NFKD').replace(/\p{M}+/gu, '')
}
