{
  "name": "@shop/__name__",
  "version": "0.1.0",
  "private": true,
  "license": "MIT",
  "type": "commonjs",
  "dependencies": {
    "@shop/access": "0.1.0",
    "@shop/kit": "0.1.0",
    "dataloader": "__dataloader__",
    "graphql": "__graphql__",
    "typeorm": "__typeorm__",
    "zod": "__zod__"
  },
  "exports": {
    "./package.json": "./package.json"
  },
  "scripts": {
    "build": "tsc -b",
    "start": "node --no-memory-reducer dist/main.js",
    "migrate": "node dist/migrate.js"
  }
}
