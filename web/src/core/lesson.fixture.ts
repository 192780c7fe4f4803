import type { Announcement, ChatMessage, Lesson, You } from "./protocol.gen";

/** A lesson with two teams, of which one has a region, for tests. */
export const LESSON: Lesson = {
  chat: "on",
  slow_s: 0,
  names: "nickname",
  scores: false,
  curtain: "none",
  timer: null,
  opens_ms: null,
  closes_ms: null,
  teams: [
    {
      number: 1,
      name: "Foxes",
      color: "#d72238",
      region: { x: 0, y: 0, width: 4, height: 4 },
      is_confined: false,
    },
    { number: 2, name: "Owls", color: "#1c63fe", region: null, is_confined: false },
  ],
  protected: [],
  team_rule: "choose",
  bots: false,
  announcements: [],
  now_ms: 1_800_000_000_000,
};

export const YOU: You = {
  seat: 1,
  nickname: "Ada",
  role: "student",
  team: 1,
  status: "active",
  muted_until_ms: 0,
};

export const ANNOUNCEMENT: Announcement = {
  id: 3,
  text: "Tidy up in five minutes",
  from: "Ms Rivera",
  at_ms: LESSON.now_ms,
  ends_ms: LESSON.now_ms + 60_000,
};

/** What Grace wrote to the class. */
export const MESSAGE: ChatMessage = {
  id: 7,
  channel: 0,
  seat: 2,
  nickname: "Grace",
  role: "student",
  team: 2,
  at_ms: LESSON.now_ms,
  text: "Hello",
  reply_to: null,
  mentions: [],
  is_deleted: false,
};
