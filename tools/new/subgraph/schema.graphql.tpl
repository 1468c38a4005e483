extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key"])

"UTC instant, RFC 3339 with milliseconds."
scalar DateTime

"A __entity__. Visible to every caller."
type __Entity__ @key(fields: "id") {
  "UUID; never changes."
  id: ID!
  "1 to 200 characters."
  title: String!
  "When it was created."
  createdAt: DateTime!
}

"A __entity__ to create."
input Create__Entity__Input {
  "1 to 200 characters, without the spaces around them."
  title: String!
}

"What can be read."
type Query {
  "One __entity__; null if the ID names none."
  __entity__("Its UUID." id: ID!): __Entity__
}

"What can be changed."
type Mutation {
  "Creates a __entity__. Requires the role ADMIN."
  create__Entity__("What to create." input: Create__Entity__Input!): __Entity__!
}
