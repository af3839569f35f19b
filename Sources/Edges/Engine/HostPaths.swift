package import Acts
import Foundation
package import NIOCore
package import NIOPosix

/// Looks at paths of the engine's host, on threads of their own: a dead mount holds nobody else up.
package struct HostPaths: Sendable {
    private let threads: NIOThreadPool
    private let engine: EngineAddress

    /// Makes eyes for an engine.
    ///
    /// - Parameters:
    ///   - threads: Where the system's calls are made.
    ///   - engine: Whose host it is: paths of a host that is not seen here are unseen.
    package init(_ threads: NIOThreadPool, of engine: EngineAddress) {
        self.threads = threads
        self.engine = engine
    }

    /// Finds out what paths are.
    ///
    /// - Parameters:
    ///   - paths: Absolute paths.
    ///   - eventLoop: Where the answer is wanted.
    /// - Returns: What each path is.
    package func find(
        _ paths: [String], on eventLoop: any EventLoop
    ) -> EventLoopFuture<[String: HostPathFinding]> {
        threads.runIfActive(eventLoop: eventLoop) {
            let isSeen = engine.sharesFiles
            return Dictionary(paths.map { ($0, isSeen ? Self.find($0) : .unseen) }) { $1 }
        }
    }

    /// Walks a path from the root: every part a folder of root's that nobody else can write, none a
    /// link. What is walked cannot be moved by who is not root.
    static func find(_ path: String) -> HostPathFinding {
        var walked = "/"
        if let problem = problem(walked) { return problem }
        for part in path.split(separator: "/") {
            walked += (walked == "/" ? "" : "/") + part
            if let problem = problem(walked) { return problem }
        }
        return .plain
    }

    private static func problem(_ path: String) -> HostPathFinding? {
        var status = stat()
        guard lstat(path, &status) == 0 else {
            return errno == ENOENT ? .missing : .movable("\(path) cannot be looked at")
        }
        if status.st_mode & S_IFMT == S_IFLNK { return .movable("\(path) is a link") }
        if status.st_uid != 0 { return .movable("\(path) is not root's") }
        let others = status.st_mode & (S_IWGRP | S_IWOTH)
        guard others != 0 else { return nil }
        // A group of root's alone, and a socket, whose mode says who may connect.
        if others == S_IWGRP, status.st_gid == 0 || status.st_mode & S_IFMT == S_IFSOCK {
            return nil
        }
        return .movable("\(path) can be written by others than root")
    }
}
