//! A server in this process, for inputs that come over a socket. The code of
//! its threads is as instrumented as that of the target.

use std::io::{ErrorKind, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::sync::LazyLock;
use std::time::Duration;

use place::settings::Settings;

/// How long an answer may take before it counts as missing.
const PATIENCE: Duration = Duration::from_secs(8);

const INDEX: &str = "<!doctype html><html><head><base href=\"/\"></head><body></body></html>";

/// A running server.
pub struct Server {
    address: SocketAddr,
    /// The admin's token.
    pub token: String,
    /// The cookie of a seat on the first canvas.
    pub cookie: String,
    /// The cookie of its teacher.
    pub teacher: String,
}

/// An answer to a request.
pub struct Answer {
    /// The status code.
    pub status: u16,
    /// The lines of its head, behind the first.
    pub head: Vec<String>,
    /// Its body.
    pub body: Vec<u8>,
    /// Whether the connection goes on.
    pub keeps_open: bool,
}

/// The server of this process.
pub static SERVER: LazyLock<Server> = LazyLock::new(Server::start);

impl Server {
    fn start() -> Self {
        // It lives as long as the process, which is ended and not left.
        let folder = tempfile::tempdir().expect("a folder").keep();
        let (web, data) = (folder.join("web"), folder.join("data"));
        std::fs::create_dir(&web).expect("a folder");
        std::fs::write(web.join("index.html"), INDEX).expect("a file");
        let free = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
        let address = free.local_addr().expect("an address");
        drop(free);
        let flags = [
            format!("--listen={address}"),
            format!("--data={}", data.display()),
            "--workers=1".to_owned(),
            "--echo-message-bytes=4096".to_owned(),
            "--snapshot-interval=0".to_owned(),
            // Nobody here is to be held up.
            "--joins-per-second=100000".to_owned(),
            "--join-burst=100000".to_owned(),
        ];
        let settings = Settings::from_args(flags.iter().map(String::as_str)).expect("good flags");
        std::thread::spawn(move || serve(settings, &web));
        let stream = connect_patiently(address);
        drop(stream);
        let token = place::http::admin::token(&data).expect("the token's file");
        let mut server = Self { address, token, cookie: String::new(), teacher: String::new() };
        server.open_class();
        server
    }

    /// A new connection.
    pub fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(self.address).expect("the server listens");
        stream.set_read_timeout(Some(PATIENCE)).expect("a time-out");
        stream.set_nodelay(true).expect("an option");
        stream
    }

    /// What stands in the `Host` header.
    pub fn host(&self) -> String {
        self.address.to_string()
    }

    /// A class as it is in a lesson: a teacher, teams, people on a list, somebody
    /// who is in.
    fn open_class(&mut self) {
        let owner = format!("Authorization: Bearer {}", self.token);
        let link = self.ask("POST", "/api/teachers", &owner, "{}");
        let link = String::from_utf8(link.body).expect("text");
        let (_, link) = link.split_once("#link=").expect("a link");
        let link = link.split('"').next().expect("its end");
        let body =
            format!(r#"{{"link":"{link}","name":"Grace","password":"correct horse battery"}}"#);
        self.teacher = cookie(&self.ask("POST", "/api/setup", "", &body));
        let teacher = format!("Cookie: {}", self.teacher);
        let canvas = "/api/canvases/playground";
        for (method, what, body) in [
            ("PATCH", "/settings", r#"{"join":"open","look":"anyone","bots":true}"#),
            (
                "PUT",
                "/teams",
                r##"{"teams":[{"name":"Foxes","color":"#d9480f"},{"name":"Owls","color":"#1971c2"}]}"##,
            ),
            ("POST", "/code", r#"{"do":"renew"}"#),
            ("POST", "/seats", r#"{"csv":"name,team\nBo,Foxes\nCy,Owls"}"#),
        ] {
            let answer = self.ask(method, &format!("{canvas}{what}"), &teacher, body);
            let told = String::from_utf8_lossy(&answer.body);
            assert!((200..300).contains(&answer.status), "{what}: {} {told}", answer.status);
        }
        let join = self.ask("POST", &format!("{canvas}/join"), "", r#"{"nickname":"Ada"}"#);
        self.cookie = cookie(&join);
    }

    fn ask(&self, method: &str, path: &str, header: &str, body: &str) -> Answer {
        let header = if header.is_empty() { String::new() } else { format!("{header}\r\n") };
        let request = format!(
            "{method} {path} HTTP/1.1\r\nHost: {}\r\n{header}\
             Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
            self.host(),
            body.len()
        );
        let mut stream = self.connect();
        stream.write_all(request.as_bytes()).expect("the server reads");
        answer(&mut stream, false).expect("an answer")
    }
}

fn cookie(answer: &Answer) -> String {
    let cookie = answer.head.iter().find_map(|line| line.strip_prefix("set-cookie: "));
    let told = || format!("{}: {}", answer.status, String::from_utf8_lossy(&answer.body));
    cookie
        .unwrap_or_else(|| panic!("no cookie: {}", told()))
        .split(';')
        .next()
        .expect("its value")
        .to_owned()
}

fn serve(settings: Settings, web: &Path) {
    let ended = place::app::serve(settings, web);
    // Asked to stop from outside: so is the fuzzer.
    std::process::exit(i32::from(ended.is_err()));
}

fn connect_patiently(address: SocketAddr) -> TcpStream {
    let mut tries = 0;
    loop {
        match TcpStream::connect(address) {
            Ok(stream) => return stream,
            Err(error) if tries < 1000 => {
                assert_eq!(error.kind(), ErrorKind::ConnectionRefused);
                tries += 1;
                std::thread::sleep(Duration::from_millis(10));
            }
            Err(error) => panic!("the server does not listen: {error}"),
        }
    }
}

/// Reads one answer; `None` if the connection ended before it began.
pub fn answer(stream: &mut TcpStream, head_only: bool) -> Option<Answer> {
    let mut bytes = Vec::new();
    let end = loop {
        if let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") {
            break end;
        }
        if !read_more(stream, &mut bytes) {
            assert!(bytes.is_empty(), "an answer was cut in its head");
            return None;
        }
    };
    let head = String::from_utf8(bytes[..end].to_vec()).expect("a head is text");
    let mut body = bytes.split_off(end + 4);
    let mut lines = head.split("\r\n");
    let status = lines.next().and_then(|line| line.split(' ').nth(1)?.parse().ok());
    let status = status.expect("a status");
    let head: Vec<String> = lines.map(lower_name).collect();
    let value = |name: &str| head.iter().find_map(|line| line.strip_prefix(name));
    let keeps_open = value("connection: ") != Some("close");
    let chunked = value("transfer-encoding: ") == Some("chunked");
    if !head_only && status != 204 && status != 304 && status >= 200 {
        if let Some(length) = value("content-length: ") {
            let length: usize = length.parse().expect("a length");
            while body.len() < length && read_more(stream, &mut body) {}
            assert_eq!(body.len(), length, "a body has the length that was told");
        } else if chunked {
            while !body.ends_with(b"0\r\n\r\n") && read_more(stream, &mut body) {}
            assert!(body.ends_with(b"0\r\n\r\n"), "a body ends with its last chunk");
            body.clear();
        } else {
            while read_more(stream, &mut body) {}
        }
    }
    Some(Answer { status, head, body, keeps_open })
}

fn lower_name(line: &str) -> String {
    match line.split_once(": ") {
        Some((name, value)) => format!("{}: {value}", name.to_ascii_lowercase()),
        None => line.to_owned(),
    }
}

/// Reads what comes next; false at the end of the connection.
pub fn read_more(stream: &mut TcpStream, bytes: &mut Vec<u8>) -> bool {
    let mut piece = [0; 16 * 1024];
    match stream.read(&mut piece) {
        Ok(0) => false,
        Ok(count) => {
            bytes.extend_from_slice(&piece[..count]);
            true
        }
        Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {
            panic!("nothing came for {PATIENCE:?}")
        }
        Err(_) => false,
    }
}
