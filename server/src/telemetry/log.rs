//! The log: on standard error, so that standard output is left to what people
//! asked for.

use std::io::{self, IsTerminal};

use tracing::Subscriber;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::util::SubscriberInitExt;

use crate::settings::{LogFormat, Settings};

/// What the web server says of its own threads, and of connections that were
/// given up, is news to nobody; and with a path that it can't read it would write
/// down what stands in it, which may be a secret. A filter that names these
/// modules is obeyed.
const QUIET: &str = "actix_server=warn,actix_http=off,actix_web::types=off";

/// Begins logging for the whole process; later calls change nothing.
pub fn init(settings: &Settings) {
    let colors = io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none();
    // Only a second call fails: tests start several servers in one process.
    let _ = subscriber(settings.log_format, &settings.log, colors, io::stderr).try_init();
}

fn subscriber<W>(
    format: LogFormat,
    filter: &str,
    colors: bool,
    writer: W,
) -> Box<dyn Subscriber + Send + Sync>
where
    W: for<'a> MakeWriter<'a> + Send + Sync + 'static,
{
    // The settings have read the filter before; without them, the default.
    let filter =
        EnvFilter::try_new(format!("{QUIET},{filter}")).unwrap_or_else(|_| EnvFilter::new("info"));
    let builder = tracing_subscriber::fmt().with_env_filter(filter).with_writer(writer);
    match format {
        LogFormat::Text => Box::new(builder.with_ansi(colors).finish()),
        LogFormat::Json => Box::new(builder.json().flatten_event(true).finish()),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use parking_lot::Mutex;

    use super::*;

    #[derive(Clone, Default)]
    struct Sink(Arc<Mutex<Vec<u8>>>);

    impl io::Write for Sink {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    fn logged(format: LogFormat, filter: &str) -> String {
        let sink = Sink::default();
        let writer = sink.clone();
        let subscriber = subscriber(format, filter, false, move || writer.clone());
        tracing::subscriber::with_default(subscriber, || {
            tracing::info!(canvas = "playground", seq = 7, "checkpoint saved");
            tracing::debug!("left out");
        });
        let bytes = sink.0.lock().clone();
        String::from_utf8(bytes).unwrap()
    }

    #[test]
    fn text_is_for_people() {
        let text = logged(LogFormat::Text, "info");
        assert!(text.contains("INFO"), "{text}");
        assert!(text.ends_with("checkpoint saved canvas=\"playground\" seq=7\n"), "{text}");
        assert_eq!(text.lines().count(), 1);
    }

    #[test]
    fn json_is_one_object_a_line() {
        let text = logged(LogFormat::Json, "info");
        let object: serde_json::Value = serde_json::from_str(text.trim()).unwrap();
        assert_eq!(object["message"], "checkpoint saved");
        assert_eq!(object["canvas"], "playground");
        assert_eq!(object["seq"], 7);
    }

    #[test]
    fn the_filter_decides() {
        assert_eq!(logged(LogFormat::Text, "debug").lines().count(), 2);
        assert_eq!(logged(LogFormat::Text, "warn"), "");
    }
}
