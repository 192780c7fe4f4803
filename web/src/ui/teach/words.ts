import desk from "../../../../assets/lang/en.desk.json";
import english from "../../../../assets/lang/en.json";
import { type CountKeyOf, speaker } from "../strings";

export type DeskKey = keyof typeof english | keyof typeof desk;
export type DeskCountKey = CountKeyOf<DeskKey>;

/** Speaks to teachers: their own catalogue comes with their pages, not with everybody's. */
export const { t, tn } = speaker<DeskKey>({ ...english, ...desk });
