import type * as http from 'node:http';

/**
 * `request` of node:http. An import of that module evaluates all that it exports, of which its WebSocket takes longer to
 * load than most commands take to answer.
 */
export const { request } = process.getBuiltinModule('node:http') as typeof http;
