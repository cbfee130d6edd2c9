import { ApiProperty, getSchemaPath, type OpenAPIObject } from '@nestjs/swagger';
import { REQUEST_ID_HEADER } from '../http/index.js';
import { mapped, operationsOf } from './shared-parts.js';

type Answer = ReturnType<typeof operationsOf>[number]['responses'][string];

/** The error of bytes that are not a sound HTTP request. It has no id, because no request began. */
export class ConnectionErrorSchema {
  @ApiProperty({ example: 431 })
  statusCode!: number;

  @ApiProperty({ example: 'Request Header Fields Too Large' })
  error!: string;

  @ApiProperty({ example: 'The headers of the request are too large.' })
  message!: string;

  @ApiProperty({ example: 'headers_too_large' })
  code!: string;
}

const CONNECTION_ERROR = {
  description: 'The HTTP request is malformed (400), too slow (408), or its headers are too large (431)',
  content: { 'application/json': { schema: { $ref: getSchemaPath(ConnectionErrorSchema) } } },
};

function withRequestId(answer: Answer): Answer {
  return answer && { headers: REQUEST_ID_HEADER, ...answer };
}

/**
 * Says of routes without key and limit that they need no key, because Nest leaves the empty list out. The only errors of
 * callers there are those that every connection may get.
 */
export function describeOpenRoutes(document: OpenAPIObject): void {
  for (const operation of operationsOf(document)) {
    if (operation.security !== undefined) continue;
    operation.security = [];
    operation.responses = { ...mapped(operation.responses, withRequestId), '4XX': CONNECTION_ERROR };
  }
}
