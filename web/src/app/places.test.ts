import { describe, expect, it } from "vitest";
import { canvasPath, cardsPath, galleryPath, placeOf, projectorPath } from "./places";

describe("the pages", () => {
  it.each([
    ["/", { page: "lobby" }],
    ["/c/5b", { page: "canvas", id: "5b" }],
    ["/c/5b/", { page: "canvas", id: "5b" }],
    ["/c/5b/gallery", { page: "gallery", id: "5b" }],
    ["/teach", { page: "desk" }],
    ["/teach/5b", { page: "live", id: "5b" }],
    ["/teach/5b/cards", { page: "cards", id: "5b" }],
    ["/teach/5b/else", { page: "nowhere" }],
    ["/p/5b", { page: "projector", id: "5b" }],
    ["/p", { page: "nowhere" }],
    ["/c", { page: "nowhere" }],
    ["/c/5b/other", { page: "nowhere" }],
    ["/c/%E0%A4%A", { page: "nowhere" }],
    ["/else", { page: "nowhere" }],
  ])("%s", (path, place) => {
    expect(placeOf(path, "/")).toEqual(place);
  });

  it("live under any base path", () => {
    expect(placeOf("/school/place/c/5b", "/school/place/")).toEqual({ page: "canvas", id: "5b" });
    expect(placeOf("/school/place", "/school/place/")).toEqual({ page: "lobby" });
    expect(placeOf("/elsewhere", "/school/place/")).toEqual({ page: "nowhere" });
  });

  it("write odd names as the reader expects them", () => {
    expect(placeOf(`/${canvasPath("a/b ü")}`, "/")).toEqual({ page: "canvas", id: "a/b ü" });
    expect(placeOf(`/${galleryPath("a?b")}`, "/")).toEqual({ page: "gallery", id: "a?b" });
    expect(placeOf(`/${cardsPath("a/b")}`, "/")).toEqual({ page: "cards", id: "a/b" });
    expect(placeOf(`/${projectorPath("a/b")}`, "/")).toEqual({ page: "projector", id: "a/b" });
  });
});
