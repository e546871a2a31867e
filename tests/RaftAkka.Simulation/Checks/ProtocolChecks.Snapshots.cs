using RaftAkka.Log;
using RaftAkka.Protocol;
using RaftAkka.Snapshots;

namespace RaftAkka.Simulation.Checks;

/// <summary>What must hold of snapshots: they stand for what is committed, stay once they are promised, and never go back.</summary>
internal sealed partial class ProtocolChecks
{
    /// <summary>How often a log let go of entries.</summary>
    public int Compactions { get; private set; }

    /// <summary>How often a machine went on from a snapshot that another server sent.</summary>
    public int Installations { get; private set; }

    /// <summary>A server lets its log begin behind an entry.</summary>
    public void OnCompact(ServerId server, CompactLog compact)
    {
        var shadow = _servers[server];
        Compactions++;
        CheckCommitted(server, compact.Base, "lets go of");
        _violations.Require(compact.Base.Index <= shadow.Snapshot.Index, "only what is in a durable snapshot goes",
            $"{server} lets its log begin behind {compact.Base}, and its newest snapshot is of {shadow.Snapshot}");
        shadow.Submit(compact);
    }

    // A snapshot is said to be durable.
    private void OnSnapshot(ServerId server, StoredSnapshot snapshot)
    {
        CheckCommitted(server, snapshot.Last, "has a snapshot of");
        CheckConfiguration(server, snapshot);
        _servers[server].Store(snapshot.Last);
    }

    /// <summary>A server hears which snapshot it has.</summary>
    public void OnSnapshotsOpened(ServerId server, SnapshotsOpened opened)
    {
        var (shadow, newest) = (_servers[server], opened.Newest?.Last ?? EntryId.Zero);
        _violations.Require(newest.Index >= shadow.Snapshot.Index, "durability of snapshots",
            $"{server} was promised a snapshot of {shadow.Snapshot}, and found {newest}");
        shadow.StartsFrom = newest;
        if (newest == EntryId.Zero) return;

        _snapshots.Add((newest, opened.Newest!.Bytes, opened.Newest.Checksum));

        // It may be newer: the crash came before the promise was heard.
        CheckCommitted(server, newest, "found a snapshot of");
        CheckConfiguration(server, opened.Newest!);
        shadow.Store(newest);
    }

    /// <summary>A machine is to go on from a snapshot.</summary>
    public void OnRestore(ServerId server, StoredSnapshot snapshot)
    {
        var shadow = _servers[server];
        if (snapshot.Last != shadow.StartsFrom) Installations++;
        _violations.Require(snapshot.Last.Index > shadow.Fed, "a machine never goes back",
            $"{server} goes on from a snapshot of {snapshot.Last}, and its machine was given all up to {shadow.Fed}");
        shadow.Fed = snapshot.Last.Index;
    }

    private void CheckCommitted(ServerId server, EntryId last, string what) =>
        _violations.Require(last.Index <= CommittedIndex && StampOf(last.Index).Term == last.Term,
            "a snapshot holds what is committed", $"{server} {what} {last}; committed is {CommittedIndex}");
}
