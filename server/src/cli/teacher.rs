//! `place teacher`: accounts, for whoever owns the server.

use std::path::Path;

use place_core::TeacherNumber;
use serde::Deserialize;
use serde_json::{Value, json};

use super::Failure;
use super::canvas::{open_store, wait};
use super::control::Control;
use crate::http::teachers::{LINK_DAYS, desk_path, make_link};
use crate::store::{Store, StoreError, StoreOptions};

/// Where the server has its teachers.
const TEACHERS_PATH: &str = "/api/teachers";

/// What to do about teachers.
#[derive(Clone, Debug, clap::Subcommand)]
pub enum TeacherCommand {
    /// Print a link with which a new teacher chooses a name and a password.
    Add,
    /// Print a link with which a teacher chooses another password.
    Reset {
        /// The teacher's name.
        name: String,
    },
    /// List all teachers.
    List,
    /// Take a teacher's account away; canvases and the record stay.
    Remove {
        /// The teacher's name.
        name: String,
    },
}

#[derive(Deserialize)]
struct Row {
    number: TeacherNumber,
    name: String,
}

#[derive(Deserialize)]
struct List {
    teachers: Vec<Row>,
}

#[derive(Deserialize)]
struct Link {
    url: String,
}

pub(super) fn run(data: &Path, command: TeacherCommand) -> Result<(), Failure> {
    match command {
        TeacherCommand::Add => print_link(data, None),
        TeacherCommand::Reset { name } => print_link(data, Some(name)),
        TeacherCommand::List => {
            for row in list(data)? {
                println!("{}", row.name);
            }
            Ok(())
        }
        TeacherCommand::Remove { name } => remove(data, &name),
    }
}

fn print_link(data: &Path, name: Option<String>) -> Result<(), Failure> {
    let url = if let Some(server) = Control::connect(data)? {
        let body = name.map_or_else(|| json!({}), |name| json!({ "name": name }));
        server.json::<Link>("POST", TEACHERS_PATH, Some(&body))?.url
    } else {
        // The first account may be prepared before the first start.
        let store = Store::open(data, StoreOptions::default())?;
        let teacher = name.map(|name| number_in(&store, &name)).transpose()?;
        let secret = wait(make_link(&store, teacher))?;
        store.close()?;
        format!("<the address of PLACE>/{}", desk_path(&secret))
    };
    println!("Open this within {LINK_DAYS} days; it works once:\n{url}");
    Ok(())
}

fn list(data: &Path) -> Result<Vec<Row>, Failure> {
    if let Some(server) = Control::connect(data)? {
        return Ok(server.json::<List>("GET", TEACHERS_PATH, None)?.teachers);
    }
    let store = open_store(data)?;
    let teachers = store.teachers()?;
    store.close()?;
    let row =
        |teacher: crate::store::TeacherRecord| Row { number: teacher.number, name: teacher.name };
    Ok(teachers.into_iter().map(row).collect())
}

fn remove(data: &Path, name: &str) -> Result<(), Failure> {
    if let Some(server) = Control::connect(data)? {
        let key = crate::store::name_key(name);
        let row = list(data)?.into_iter().find(|row| crate::store::name_key(&row.name) == key);
        let number = row.ok_or_else(|| Failure::from(StoreError::NoSuchTeacher))?.number;
        server.done("DELETE", &format!("{TEACHERS_PATH}/{number}"), None::<&Value>)?;
    } else {
        let store = open_store(data)?;
        let number = number_in(&store, name)?;
        wait(store.remove_teacher(number))?;
        store.close()?;
    }
    Ok(())
}

fn number_in(store: &Store, name: &str) -> Result<TeacherNumber, Failure> {
    let found = store.teacher_by_name(name)?;
    Ok(found.ok_or(StoreError::NoSuchTeacher)?.0.number)
}
