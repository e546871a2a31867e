using Akka.Actor;
using RaftAkka.Log;
using RaftAkka.Machine;
using RaftAkka.Protocol;
using RaftAkka.Server;
using RaftAkka.Snapshots;

namespace RaftAkka.Simulation.Worlds;

/// <summary>
/// Puts messages into words for traces. Only what the seed decides: no references, whose numbers are drawn anew by
/// every process.
/// </summary>
internal static class Describe
{
    public static string Message(object message) => message switch
    {
        string text => text,
        AppendEntries append => $"AppendEntries {Head(append)} entries {append.Entries} after {append.Previous}, "
            + $"commit {append.LeaderCommit}, round {append.Round}",
        AppendAccepted accepted => $"AppendAccepted {Head(accepted)} through {accepted.Matched}, round {accepted.Round}",
        AppendRejected rejected => $"AppendRejected {Head(rejected)} {rejected.Rejected}, has {rejected.Conflict}, "
            + $"round {rejected.Round}",
        AskReadIndex ask => $"AskReadIndex {Head(ask)} {ask.Id}",
        ReadIndexReply reply => $"ReadIndexReply {Head(reply)} {reply.Id} is at {reply.Index}",
        ReadIndexRefused refused => $"ReadIndexRefused {Head(refused)} {refused.Id}",
        DiskRefused refused => $"DiskRefused {Head(refused)} {refused.Disk}",
        RemovalNotice notice => $"RemovalNotice {Head(notice)}",
        TimeoutNow now => $"TimeoutNow {Head(now)}",
        AskConfiguration ask => $"AskConfiguration {Head(ask)} has {ask.Index}",
        ConfigurationReply reply => $"ConfigurationReply {Head(reply)} {reply.Index}: {reply.Members}",
        RequestVote request => $"RequestVote {Head(request)} last {request.LastLog}",
        VoteReply reply => $"VoteReply {Head(reply)} {Given(reply.Granted)}",
        RequestPreVote request => $"RequestPreVote {Head(request)} for {request.ProposedTerm}, last {request.LastLog}",
        PreVoteReply reply => $"PreVoteReply {Head(reply)} for {reply.ProposedTerm} {Given(reply.Granted)}",
        InstallSnapshot part => $"InstallSnapshot {Head(part)} {part.Last}, {part.Chunk.Length} bytes at {part.Offset} "
            + $"of {part.Bytes}",
        SnapshotChunkStored stored => $"SnapshotChunkStored {Head(stored)} {stored.Last}, next at {stored.NextOffset}",
        SnapshotsOpened opened => $"SnapshotsOpened {opened.Newest?.ToString() ?? "none"}",
        WriteSnapshot write => $"WriteSnapshot of {write.Head.Last}",
        SnapshotWritten written => $"SnapshotWritten {written.Snapshot}",
        SnapshotReceived received => $"SnapshotReceived {received.Snapshot}",
        RestoreSnapshot restore => $"RestoreSnapshot {restore.Snapshot}",
        SnapshotRestored restored => $"SnapshotRestored through {restored.Through}",
        SendSnapshot send => $"SendSnapshot to {send.To}: {send.Snapshot}",
        ReceiveChunk receive => $"ReceiveChunk {receive.Chunk.Last} at {receive.Chunk.Offset}",
        ChunkReceived received => $"ChunkReceived {received.Last}, next at {received.NextOffset}",
        ChunkAcknowledged stored => $"ChunkAcknowledged by {stored.By}: {stored.Last}, next at {stored.NextOffset}",
        StopSending stop => $"StopSending to {stop.To}",
        PruneSnapshots prune => $"PruneSnapshots but {prune.Keep}",
        CompactLog compact => $"CompactLog {compact.Ticket.Value}: behind {compact.Base}",
        OpenLog => "OpenLog",
        LogOpened opened => $"LogOpened {State(opened.HardState)}, behind {opened.Base}, last {opened.Last}",
        WriteLog write => $"WriteLog {write.Ticket.Value}: {State(write.HardState)}, entries {write.Entries}",
        LogWritten written => $"LogWritten through {written.Through.Value}",
        ReadLog read => $"ReadLog {read.From}..{read.To}",
        LogRead read => $"LogRead {read.Entries}",
        LogOutOfSpace => "LogOutOfSpace",
        Propose propose => $"Propose {propose.Kind} batch {propose.Batch}, {propose.Payload.Length} bytes",
        ReadQueries read => $"ReadQueries {read.Consistency} batch {read.Batch}, {Batch(read.Payload)}",
        AnswerQueries answer => $"AnswerQueries at {answer.At}, {answer.Reads.Count} batches",
        QueriesAnswered answered => $"QueriesAnswered batch {answered.Batch}",
        ProposalApplied applied => $"ProposalApplied batch {applied.Batch} at {applied.Index}",
        ProposalRefused refused => $"ProposalRefused batch {refused.Batch}, {refused.Reason}",
        ApplyEntries apply => $"ApplyEntries {apply.Entries}",
        Applied applied => $"Applied through {applied.Through}",
        ViewChanged changed => $"ViewChanged {View(changed.View)}",
        SendCommands commands => $"SendCommands batch {commands.Batch}, {Batch(commands.Payload)}",
        SendQueries queries => $"SendQueries {queries.Consistency} batch {queries.Batch}, {Batch(queries.Payload)}",
        RegisterSession register => $"RegisterSession batch {register.Batch}",
        SessionRegistered registered => $"SessionRegistered batch {registered.Batch}, session {registered.Session}",
        BatchResults results => $"BatchResults batch {results.Batch}, {string.Join(' ', results.Results.Select(Result))}",
        BatchRefused refused => $"BatchRefused batch {refused.Batch}, {refused.Reason}, {View(refused.View)}",
        ClientConnected connected => $"ClientConnected to {connected.Server}, {View(connected.View)}",
        ClientRefused refused => $"ClientRefused by {refused.Server}",
        KeepAliveReply reply => $"KeepAliveReply {View(reply.View)}",
        ChangeMembers change => $"ChangeMembers {change.Id}: {string.Join(", ", change.Changes)}",
        MembersChanged changed => $"MembersChanged {changed.Id}: {changed.Members}",
        MembersNotChanged not => $"MembersNotChanged {not.Id}: {not.Reason}",
        Terminated => "Terminated",
        Exception exception => $"{exception.GetType().Name}: {exception.Message}",
        _ => message.GetType().Name,
    };

    private static string Head(IPeerMessage message) => $"from {message.Header.Sender} in term {message.Header.Term}:";

    private static string Given(bool granted) => granted ? "granted" : "refused";

    private static string State(HardState? state) =>
        state is { } some ? $"term {some.Term}, vote {some.Vote?.Value ?? "none"}" : "same term and vote";

    private static string View(ClusterView view) => $"leader {view.Leader?.Value ?? "unknown"} in term {view.Term}";

    private static string Result(CommandResult result) => $"{result.Sequence}:{result.Status}";

    private static string Batch(ReadOnlyMemory<byte> payload) =>
        CommandBatch.TryDecode(payload, out var batch)
            ? $"session {batch.Session}, numbers {string.Join(' ', batch.Commands.Select(command => command.Sequence))}"
            : $"{payload.Length} bytes";
}
