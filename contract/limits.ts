/** Limits that server and clients share. Lengths are in characters (UTF-16 code units), sizes in bytes. */
export const limits = {
  bodyBytes: 1024 * 1024,
  socketMessageBytes: 1024 * 1024,
  jsonDepth: 32,
  /** The longest list that a client may send; most lists have a lower limit. */
  arrayItems: 10_000,
  /** Values and fields in a body or message, including nested ones. */
  jsonValues: 20_000,
  /** The most fields of an object that a client may send; most objects have a lower limit. */
  objectKeys: 1_000,
  pageSize: 20,
  maxPageSize: 100,
  maxPage: 1_000_000,
  /** The largest `count_limit`. */
  countLimit: 1_000_000,
  bulkIds: 1_000,
  title: 500,
  description: 50_000,
  category: 100,
  comment: 20_000,
  post: 100_000,
  postFiles: 50,
  projectName: 200,
  projectDescription: 10_000,
  slug: 80,
  search: 200,
  personName: 200,
  email: 254,
  username: 40,
  password: 128,
  filterValues: 100,
  auditName: 100,
  auditReason: 500,
  url: 2_000,
  tag: 50,
  tags: 20,
  providerId: 200,
  /** A year. */
  videoSeconds: 31_536_000,
  batchVideos: 100,
  importedVideos: 100,
  mediaFiles: 10,
  mediaFileBytes: 10 * 1024 * 1024,
  fileName: 200,
  importRemarks: 1_000,
  /** The number of kinds of things that an import leaves out, and the characters in the name of one. */
  importKinds: 100,
  importKind: 100,
  idempotencyKey: 255,
  mutationId: 255,
  traceparent: 200,
  presenceStateBytes: 1_024,
  /** A room with more people is large: its people get counts, and no single signals. */
  largeRoomPeople: 500,
  /** A large room with fewer people is an ordinary one again. */
  ordinaryRoomPeople: 400,
  /** The people of a large room that the answer to a join lists; of all its large rooms together as JSON. */
  listedMembers: 100,
  listedMembersBytes: 48 * 1024,
  membersPage: 500,
  statisticsPoints: 1_500,
  alertName: 100,
  cacheKey: 200,
  cacheKeys: 1_000,
  flags: 500,
  flagName: 100,
  flagDescription: 2_000,
  flagRules: 50,
  flagUsers: 1_000,
  flagProjects: 100,
  targetingKey: 255,
  eventsPage: 100,
  maxEventsPage: 1_000,
  /** Of the data of an application event, as JSON. */
  publishedBytes: 64 * 1024,
  webhooks: 20,
  webhookDescription: 500,
  /** A week. */
  secretOverlapSeconds: 604_800,
  /** What a search takes of the rate limit. */
  searchCost: 2,
  /** Of one person, without the revoked ones. */
  apiKeys: 50,
  apiKeyName: 100,
  apiKeyPermissions: 100,
  /** Calls a minute. */
  apiKeyRate: 1_000_000,
  apiKeyEndpoints: 100,
  apiKeyUsageDays: 90,
  /** The deliveries that one call sends again. */
  redeliveries: 1_000,
} as const
