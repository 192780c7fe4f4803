//! Both ways of sending do the same.

use std::io::Read;
use std::os::fd::AsFd;
use std::os::unix::net::UnixStream;

use super::*;

/// Both ways; only the first where the system has no other.
fn senders() -> Vec<Sender> {
    [false, true].map(Sender::new).into()
}

fn pairs(count: usize) -> (Vec<Socket>, Vec<UnixStream>) {
    (0..count).map(|_| Socket::pair()).unzip()
}

#[test]
fn each_gets_its_own_frame_in_order_beyond_one_batch() {
    let frames: Vec<Bytes> = (0..7u8).map(|n| vec![n; 100 + usize::from(n)].into()).collect();
    for mut sender in senders() {
        let (ours, theirs) = pairs(400);
        let sends: Vec<_> = (0..1200)
            .map(|n| Send { socket: ours[n % 400].as_fd(), frame: (n % 7) as u32 })
            .collect();
        assert!(sender.send_all(&sends, &frames).iter().all(|sent| *sent == Sent::All));
        assert!(sender.send_all(&[], &frames).is_empty());
        drop(ours);
        for (n, mut stream) in theirs.into_iter().enumerate() {
            let mut read = Vec::new();
            stream.read_to_end(&mut read).unwrap();
            let expected = [n, n + 400, n + 800].map(|n| frames[n % 7].clone()).concat();
            assert!(read == expected, "{sender:?}, socket {n}");
        }
    }
}

#[test]
fn the_full_and_the_broken_concern_nobody_else() {
    let frames = [Bytes::from(vec![1; 64 << 10]), Bytes::from_static(b"small")];
    for mut sender in senders() {
        let (ours, mut theirs) = pairs(3);
        // The first reads nothing, the last has gone.
        theirs.pop();
        let sends: Vec<_> =
            ours.iter().map(|socket| Send { socket: socket.as_fd(), frame: 1 }).collect();
        let full = [Send { socket: ours[0].as_fd(), frame: 0 }];
        let mut taken = 0;
        loop {
            match sender.send_all(&full, &frames)[0] {
                Sent::All => taken += frames[0].len(),
                Sent::Part(count) => {
                    taken += count;
                    break;
                }
                Sent::Broken => panic!("it is whole"),
            }
        }
        let results = sender.send_all(&sends, &frames);
        assert_eq!(results, [Sent::Part(0), Sent::All, Sent::Broken], "{sender:?}");
        drop(ours);
        let mut read = Vec::new();
        theirs[0].read_to_end(&mut read).unwrap();
        assert_eq!(read.len(), taken, "not a byte more than was told: {sender:?}");
        read.clear();
        theirs[1].read_to_end(&mut read).unwrap();
        assert_eq!(read, b"small");
    }
}

#[test]
fn a_ring_that_fails_is_replaced_and_no_frame_is_sent_twice() {
    let Ok(mut ring) = Ring::new() else { return };
    ring.fail();
    let mut sender = Sender::Batched(Box::new(ring));
    let (ours, mut theirs) = pairs(1);
    let sends = [Send { socket: ours[0].as_fd(), frame: 0 }];
    let frames = [Bytes::from_static(b"once")];
    assert_eq!(sender.send_all(&sends, &frames), [Sent::Part(0)], "it is told as not sent");
    assert!(matches!(sender, Sender::Direct));
    assert_eq!(sender.send_all(&sends, &frames), [Sent::All]);
    drop(ours);
    let mut read = Vec::new();
    theirs[0].read_to_end(&mut read).unwrap();
    assert_eq!(read, b"once");
}
