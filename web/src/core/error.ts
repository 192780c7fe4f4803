/** Bytes or text from the server that break the protocol. `message` names the rule. */
export class WireError extends Error {
  override readonly name = "WireError";
}
