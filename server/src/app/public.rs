//! The web server that everybody reaches, on threads of its own.
//!
//! They stand behind all others: a request waits for those who draw, never the
//! other way round. Threads inherit their priority, so one that has stepped back
//! starts the web server, with its workers and those that read files for it.

use std::io;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use actix_web::dev::{Server, ServerHandle};
use actix_web::middleware::{DefaultHeaders, from_fn};
use actix_web::{App, HttpServer, rt, web};
use tokio::sync::oneshot;

use super::{HTTP_SHUTDOWN_S, Parts, ServeError};
use crate::background::step_back;
use crate::http::admission::{self, Door};
use crate::http::{self, pages};
use crate::settings::Settings;
use crate::{net, tls, ws};

/// How long a closing connection may take. Values between 0 and one second
/// misbehave in the library.
const DISCONNECT_TIMEOUT: Duration = Duration::from_secs(1);

/// What the thread that starts the web server is called.
const THREAD_NAME: &str = "http";

/// The web server under way.
pub(super) struct Public {
    /// Stops it.
    pub(super) handle: ServerHandle,
    /// Where it listens.
    pub(super) port: u16,
    /// Comes when it has ended.
    pub(super) ended: oneshot::Receiver<()>,
}

impl Public {
    /// Starts it.
    pub(super) fn start(
        settings: &Settings,
        web: &Path,
        parts: &Parts,
    ) -> Result<Self, ServeError> {
        let (settings, web, parts) = (settings.clone(), web.to_owned(), parts.clone());
        let (begun, has_begun) = std::sync::mpsc::channel();
        let (end, ended) = oneshot::channel();
        thread::Builder::new().name(THREAD_NAME.to_owned()).spawn(move || {
            step_back(settings.http_nice.into());
            rt::System::new().block_on(async move {
                match server(&settings, web, parts) {
                    Ok((server, port)) => {
                        // Whoever starts us waits for that, here and below.
                        let _ = begun.send(Ok((server.handle(), port)));
                        if let Err(error) = server.await {
                            tracing::error!(%error, "the web server has failed");
                        }
                    }
                    Err(error) => drop(begun.send(Err(error))),
                }
            });
            let _ = end.send(());
        })?;
        let has_begun = has_begun.recv().map_err(|_| io::Error::other("the web server has ended"));
        let (handle, port) = has_begun??;
        Ok(Self { handle, port, ended })
    }
}

fn server(settings: &Settings, web: PathBuf, parts: Parts) -> Result<(Server, u16), ServeError> {
    let listener = listen(settings)?;
    let door = Arc::new(Door::new(net::raise_open_files(), Arc::clone(&parts.api.metrics)));
    rt::spawn(admission::look_after(Arc::downgrade(&door)));
    let port = listener.local_addr()?.port();
    let prefix = settings.base_path.prefix().to_owned();
    let server = HttpServer::new(move || {
        App::new()
            .wrap(security_headers())
            .wrap(from_fn(pages::with_cache_rule))
            .wrap(from_fn(admission::guarded))
            .configure(|config| parts.put_into(config))
            .configure(|config| {
                if !prefix.is_empty() {
                    config.service(web::redirect(prefix.clone(), format!("{prefix}/")));
                }
            })
            .service(web::scope(&prefix).configure(http::routes).service(pages::files(&web)))
            .default_service(web::to(pages::nothing_here))
    })
    .workers(settings.worker_threads())
    .disable_signals()
    .shutdown_timeout(HTTP_SHUTDOWN_S)
    .client_request_timeout(settings.request_timeout)
    .client_disconnect_timeout(DISCONNECT_TIMEOUT)
    // Handing a socket over relies on it: a body that is asked for more knows
    // that everything before has reached the kernel.
    .h1_write_buffer_size(1)
    .on_connect(move |io, extensions| {
        if door.admit(io, extensions) {
            net::prepare_socket(io, extensions);
            door.watch(ws::note_socket(io, extensions));
        }
    });
    let server = match tls::server_config(settings)? {
        Some(config) => server.listen_rustls_0_23(listener, config)?,
        None => server.listen(listener)?,
    };
    Ok((server.run(), port))
}

fn listen(settings: &Settings) -> Result<TcpListener, ServeError> {
    net::listen(settings.listen).map_err(|error| ServeError::Listen {
        address: settings.listen,
        hint: match error.kind() {
            io::ErrorKind::AddrInUse => " (is PLACE running already? --listen takes another port)",
            io::ErrorKind::PermissionDenied => " (ports below 1024 need special rights)",
            _ => "",
        },
        error,
    })
}

fn security_headers() -> DefaultHeaders {
    DefaultHeaders::new()
        .add(("Content-Security-Policy", pages::CONTENT_SECURITY_POLICY))
        .add(("X-Content-Type-Options", "nosniff"))
        .add(("Referrer-Policy", "same-origin"))
        .add(("Cross-Origin-Resource-Policy", "same-origin"))
}
