//! Who drew that: told to everybody who may see it, as far as the teacher wants.

use serde_json::{Value, json};

use crate::harness::Seat;
use crate::harness::class::{Class, area};
use crate::harness::teacher::teacher;

fn who(class: &Class, cookie: Option<&str>, x: u16) -> Value {
    class.get_as(cookie, &format!("cells/{x}/0/who")).expect(200).json()
}

#[test]
fn names_are_told_as_the_teacher_wants() {
    let class = Class::new();
    let (ada, mut client) = class.person("Ada");
    client.put(3, 0, 5);
    class.tool(&format!("seats/{}/standing", ada.number), &json!({ "team": 2 }));
    let (bob, _) = class.person("Bob");
    let everything = json!({ "seat": ada.number, "nickname": "Ada", "team": 2, "role": "student" });
    let team = json!({ "nickname": null, "team": 2, "role": "student" });
    for (names, told) in [("nickname", &everything), ("team", &team), ("nobody", &Value::Null)] {
        class.settings(&json!({ "names": names }));
        for cookie in [None, Some(bob.cookie.as_str())] {
            assert_eq!(&who(&class, cookie, 3)["by"], told, "{names}");
        }
        assert_eq!(who(&class, Some(&class.teacher), 3)["by"], everything, "to the teacher");
    }
    let nobody_s = who(&class, Some(&class.teacher), 4);
    let expected = json!({
        "x": 4, "y": 0, "color": 0, "by": null, "protected": false, "region": null
    });
    assert_eq!(nobody_s, expected);
    class.tool("areas/protect", &json!({ "area": area(3, 0, 1, 1), "on": true }));
    class.tool("areas/fill", &json!({ "area": area(3, 0, 1, 1), "color": 7 }));
    let cell = who(&class, None, 3);
    assert_eq!((&cell["protected"], &cell["color"]), (&json!(true), &json!(7)));
    assert_eq!(cell["by"], Value::Null, "a tool's cells are nobody's");
}

#[test]
fn whoever_may_not_see_the_picture_is_not_told() {
    let class = Class::new();
    let (ada, mut client) = class.person("Ada");
    client.put(0, 0, 1);
    let ask = |cookie: Option<&str>| class.get_as(cookie, "cells/0/0/who");
    let ada = Some(ada.cookie.as_str());
    class.settings(&json!({ "curtain": "audience" }));
    ask(None).expect_error(403, "hidden");
    ask(ada).expect(200);
    class.settings(&json!({ "curtain": "everyone" }));
    ask(ada).expect_error(403, "hidden");
    ask(Some(&class.teacher)).expect(200);
    let stranger = teacher(&class.server, "Mallory");
    class.server.canvas(&json!({ "name": "Other", "id": "other", "width": 16, "height": 16 }));
    ask(Some(&stranger)).expect_error(403, "hidden");
    class.settings(&json!({ "curtain": "none", "look": "seats" }));
    ask(None).expect_error(403, "seats_only");
    let elsewhere: Seat = class.server.join("other", "Eve");
    ask(Some(&elsewhere.cookie)).expect_error(403, "seats_only");
    ask(ada).expect(200);
    class.get_as(ada, "cells/32/0/who").expect_error(400, "invalid");
    class.get_as(ada, "cells/-1/0/who").expect(404);
    class.get_as(ada, "cells/0/65536/who").expect(404);
}

#[test]
fn it_is_still_known_after_a_restart() {
    let mut class = Class::new();
    let (ada, mut client) = class.person("Ada");
    client.put(1, 0, 2);
    let before = who(&class, Some(&ada.cookie), 1);
    assert_eq!(before["by"]["nickname"], "Ada");
    class.server.restart();
    assert_eq!(who(&class, Some(&ada.cookie), 1), before);
}
