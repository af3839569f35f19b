import NIOCore
import NIOPosix
import Synchronization
import Testing

@testable import GuardedShell

/// Nobody who watches holds up the person, or the gateway's memory.
@Suite struct WatcherTests {
    @Test func whoReadsNothingIsShownNoMore() async throws {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let loop = group.next()
        let watcher = try await loop.submit { Watcher("carol", on: loop, say: { _ in }, leave: {}) }.get()
        let half = [UInt8](repeating: 0x78, count: Watcher.mostWaiting / 2)
        #expect(watcher.show(half))
        #expect(watcher.show(half))
        #expect(!watcher.show([0x78]))
        // What was not shown does not count, and what was taken leaves room.
        watcher.taken(1)
        #expect(watcher.show([0x78]))
        #expect(!watcher.show([0x78]))
        try await group.shutdownGracefully()
    }

    /// The gateway that stops, the connection that ends and the session that is over say it once.
    @Test(arguments: [["part", "part", "finish"], ["finish", "part"], ["finish", "finish"]])
    func theEndIsToldOnce(ends: [String]) async throws {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let loop = group.next()
        let said = Mutex<[String]>([])
        let box = try await loop.submit {
            Watcher(
                "carol", on: loop, say: { bytes in said.withLock { $0.append(String(decoding: bytes, as: UTF8.self)) } },
                leave: {})
        }.get()
        for (index, end) in ends.enumerated() {
            if end == "finish" { box.finish("end \(index)") } else { try await loop.submit { box.part("end \(index)") }.get() }
        }
        try await loop.submit {}.get()
        let told = said.withLock { $0 }
        #expect(told.count == 1 && told[0].contains("end 0"), "\(told)")
        try await group.shutdownGracefully()
    }
}
