import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { addressFor, homeAddress } from "./address";

beforeEach(() => vi.stubGlobal("document", { baseURI: "http://localhost:8080/place/" }));
afterEach(() => vi.unstubAllGlobals());

it("is what people type: neither scheme nor key", () => {
  expect(homeAddress()).toBe("localhost:8080/place");
  expect(addressFor(null)).toBe("localhost:8080/place");
  expect(addressFor("http://10.0.0.5:8080/c/5b#key=ABC")).toBe("10.0.0.5:8080");
  expect(addressFor("https://school.example/place/c/5b#key=ABC")).toBe("school.example/place");
});
