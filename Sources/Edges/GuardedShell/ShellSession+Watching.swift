import Acts
import Ledger
import NIOCore

/// Whoever watches a session, pauses and ends it. The person in it is told of each.
extension ShellSession {
    /// The most people who watch one session.
    private static let mostWatchers = 8

    /// Somebody wants to watch.
    func begin(_ watcher: Watcher) {
        guard !hasEnded else { return watcher.finish("the session has ended") }
        guard watchers.count < Self.mostWatchers else {
            return watcher.finish(
                "\(Self.mostWatchers) people watch this session already; rule session.watchers")
        }
        _ = watcher.show(ShellEvent.watching(greeting, identity: terms.identity).bytes)
        watchers.append(watcher)
        noteWatchers()
        tell(
            .notice(
                rule: "session.watched",
                words: "\(watcher.identity) watches this session now, sees what you see and types "
                    + "nothing"))
    }

    /// Somebody watches no more.
    ///
    /// - Parameters:
    ///   - watcher: Who.
    ///   - words: Why, for them; "" when they left by themselves.
    func end(_ watcher: Watcher, _ words: String) {
        guard let index = watchers.firstIndex(where: { $0 === watcher }) else { return }
        watchers.remove(at: index)
        if !words.isEmpty { watcher.finish(words) }
        noteWatchers()
        tell(
            .notice(
                rule: "session.watched",
                words: "\(watcher.identity) watches this session no more"
                    + (words.isEmpty ? "" : ": \(words)")))
    }

    private func noteWatchers() {
        let names = watchers.map(\.identity)
        tools.board.change(id) { $0.watchers = names }
    }

    /// Shows an event to whoever watches; who is slow is let go rather than waited for.
    func pass(_ event: ShellEvent) {
        guard !watchers.isEmpty, event.isForWatchers else { return }
        let bytes = event.bytes
        for watcher in watchers.filter({ !$0.show(bytes) }) {
            end(watcher, "what is shown is not read fast enough; rule session.slow")
        }
    }

    /// Somebody pauses, resumes or ends the session.
    func moderate(_ what: ShellAsk.Moderation, by who: String, _ reason: String) {
        guard !hasEnded else { return }
        let why = reason.isEmpty ? "" : ": " + safe(reason)
        switch what {
        case .pause:
            guard pausedBy == nil else { return }
            pausedBy = who
            stopRunning()
            tell(
                .notice(
                    rule: "session.paused",
                    words: "\(who) has paused this session\(why); nothing runs until it is resumed")
            )
        case .resume:
            guard pausedBy != nil else { return }
            pausedBy = nil
            tell(
                .notice(
                    rule: "session.paused", words: "\(who) has resumed this session\(why)"))
        case .end: return bye("\(who) has ended this session\(why)")
        }
        let pausedBy = pausedBy
        tools.board.change(id) { $0.pausedBy = pausedBy }
    }

    /// The sentence for a line that is not run since the session is paused; nil when it goes on.
    var pause: String? {
        pausedBy.map { "\($0) has paused this session, and nothing runs until it is resumed" }
    }
}

extension ShellEvent {
    /// True for what is shown to whoever watches: what is run and shown, not what is typed ahead.
    var isForWatchers: Bool {
        switch self {
        case .refused, .started, .output, .errors, .notice, .ended, .waiting: true
        // Whoever watches is told of an end by the end.
        case .bye, .session, .watching, .nothing, .help, .why, .history, .completion: false
        }
    }
}
