import Dispatch
import Foundation
import Synchronization

extension Recorder {
    /// One recording that is being written.
    final class Tape: Sendable {
        /// Which recording it is.
        struct Place: Sendable {
            /// Its id.
            let id: String
            /// Its file.
            let path: String
            /// Whose it is; "" for administrators.
            let tenant: String
        }

        private struct File {
            /// -1 when it is closed.
            var descriptor: Int32
            /// Bytes that may still be written.
            var left = Tape.mostBytes
            /// True when the first line stands there.
            var hasBegun = false
            /// Why nothing more is written.
            var failure: RecordingFailure?
        }

        private let place: Place
        private let queue: DispatchQueue
        private let room: RecordingRoom
        // Guards the file; held for a call.
        private let file: Mutex<File>

        /// The most bytes of a recording; a session ends with it.
        private static let mostBytes = 256 << 20

        /// Takes a file that was just made.
        ///
        /// - Parameters:
        ///   - descriptor: The file, open for appending; it is closed at the end.
        ///   - place: Which recording it is.
        ///   - queue: Where it is written, in order.
        ///   - room: What it takes its bytes from.
        init(
            _ descriptor: Int32, _ place: Place, _ queue: DispatchQueue, _ room: RecordingRoom
        ) {
            self.place = place
            self.queue = queue
            self.room = room
            file = Mutex(File(descriptor: descriptor))
        }

        /// Why something could not be written: nobody goes on unrecorded.
        var failure: RecordingFailure? { file.withLock { $0.failure } }

        /// Appends bytes, the first line before all others.
        ///
        /// - Parameters:
        ///   - bytes: A line or more.
        ///   - then: Called off the event loop when they are written, or never will be.
        func write(_ bytes: [UInt8], then: (@Sendable () -> Void)? = nil) {
            queue.async { [self] in
                defer { then?() }
                file.withLock { file in
                    guard file.descriptor >= 0, file.failure == nil else { return }
                    file.failure = append(bytes, to: &file)
                    if file.hasBegun { return }
                    file.hasBegun = file.failure == nil
                    // Without a first line it is nobody's recording, and nobody's room.
                    if !file.hasBegun, unlink(place.path) == 0 { room.remove(place.id) }
                }
            }
        }

        private func append(_ bytes: [UInt8], to file: inout File) -> RecordingFailure? {
            guard bytes.count <= file.left else { return .length }
            guard Recorder.hasRoom(file.descriptor) else { return .disk }
            if let failure = room.take(bytes.count, of: place.tenant, in: place.id) {
                return failure
            }
            let count = Self.append(bytes, to: file.descriptor)
            file.left -= count
            if count == bytes.count { return nil }
            room.giveBack(bytes.count - count, of: place.id)
            return .disk
        }

        /// - Returns: How many of the bytes the file has taken.
        private static func append(_ bytes: [UInt8], to descriptor: Int32) -> Int {
            var rest = bytes[...]
            while !rest.isEmpty {
                let count = rest.withUnsafeBytes {
                    Foundation.write(descriptor, $0.baseAddress, $0.count)
                }
                if count < 0, errno == EINTR { continue }
                guard count > 0 else { break }
                rest = rest.dropFirst(count)
            }
            return bytes.count - rest.count
        }

        /// No more comes; what was written is on the disk soon.
        func end() {
            queue.async { [self] in
                file.withLock { file in
                    guard file.descriptor >= 0 else { return }
                    fdatasync(file.descriptor)
                    close(file.descriptor)
                    file.descriptor = -1
                }
            }
        }
    }
}
