/*
 * How the inspector says no: an HTTP status and a body {code, message, messageEn}. The codes are part of the interface (docs/检查器.openapi.json).
 */
import type { OutgoingHttpHeaders } from 'node:http';

export class Problem extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    readonly zh: string,
    readonly en: string,
    readonly headers: OutgoingHttpHeaders = {},
  ) {
    super(en);
  }

  get body(): { code: string; message: string; messageEn: string } {
    return { code: this.code, message: this.zh, messageEn: this.en };
  }
}
