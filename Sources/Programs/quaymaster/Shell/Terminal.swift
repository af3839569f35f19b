import Dispatch
import Foundation

/// The person's terminal, key by key, while it is open.
final class Terminal {
    /// What happens there.
    enum News: Sendable {
        case bytes([UInt8])
        case resized
        case ended
    }

    private let before: termios
    /// What happens, in order.
    let news: AsyncStream<News>
    private let source: any DispatchSourceSignal

    /// Takes the terminal over: keys come one by one, and Ctrl-C is a key.
    ///
    /// - Throws: `CommandError` when standard input is no terminal.
    init() throws {
        var settings = termios()
        guard tcgetattr(STDIN_FILENO, &settings) == 0 else {
            throw CommandError("standard input is no terminal", code: 2)
        }
        before = settings
        settings.c_lflag &= ~tcflag_t(ICANON | ECHO | ISIG | IEXTEN)
        settings.c_iflag &= ~tcflag_t(IXON | ICRNL)
        guard tcsetattr(STDIN_FILENO, TCSADRAIN, &settings) == 0 else {
            throw CommandError("the terminal cannot be set")
        }
        let (stream, continuation) = AsyncStream<News>.makeStream()
        news = stream
        signal(SIGWINCH, SIG_IGN)
        source = DispatchSource.makeSignalSource(signal: SIGWINCH, queue: .global())
        source.setEventHandler { continuation.yield(.resized) }
        source.resume()
        let thread = Thread {
            var buffer = [UInt8](repeating: 0, count: 4096)
            while true {
                let count = read(STDIN_FILENO, &buffer, buffer.count)
                if count < 0, errno == EINTR { continue }
                guard count > 0 else { break }
                continuation.yield(.bytes(Array(buffer[..<count])))
            }
            continuation.yield(.ended)
        }
        thread.start()
        write("\u{1B}[?2004h")
    }

    /// Gives the terminal back as it was.
    func close() {
        write("\u{1B}[?2004l\u{1B}[0m")
        var settings = before
        // Not once all is written: a terminal that has gone would hold the program.
        tcsetattr(STDIN_FILENO, TCSANOW, &settings)
        source.cancel()
    }

    /// Writes text.
    func write(_ text: String) {
        FileHandle.standardOutput.write(Data(text.utf8))
    }

    /// Lines and characters; 24 and 80 when the terminal does not say.
    var size: (rows: Int, columns: Int) {
        var size = winsize()
        guard ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_row > 0, size.ws_col > 0
        else { return (24, 80) }
        return (Int(size.ws_row), Int(size.ws_col))
    }
}
