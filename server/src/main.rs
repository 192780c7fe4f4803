//! The `place` program.

use std::process::ExitCode;

use place::settings::Settings;

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let settings =
        match Settings::from_args(args.iter().map(String::as_str).filter(|a| *a != "serve")) {
            Ok(settings) => settings,
            Err(stop) => return stop.report(),
        };
    place::telemetry::init_log(&settings);
    let web = match settings.web_dir() {
        Ok(web) => web,
        Err(stop) => return stop.report(),
    };
    match place::app::serve(settings, &web) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("place: {error}");
            ExitCode::FAILURE
        }
    }
}
