import NIOCore
import NIOPosix
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
}
