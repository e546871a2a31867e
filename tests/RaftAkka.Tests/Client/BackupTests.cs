using Akka.Actor;
using RaftAkka.Client;
using RaftAkka.Operations;
using RaftAkka.Protocol;
using RaftAkka.Snapshots;
using RaftAkka.Tests.Log;
using RaftAkka.Tests.Snapshots;
using Xunit;

namespace RaftAkka.Tests.Client;

/// <summary>A backup on its way in: whole, verified and durable under its name, or nothing of it is left.</summary>
public sealed class BackupTests : ClientTest
{
    private const string Name = "friday.backup";
    private const int PartBytes = 100;

    private readonly MemoryDisk _disk = new();
    private readonly StoredSnapshot _snapshot;
    private readonly byte[] _bytes;
    private readonly CancellationTokenSource _stop = new();

    public BackupTests()
    {
        Settings = Settings with { Cluster = LogRig.Ann.Cluster, Group = LogRig.Ann.Group };
        var rig = SnapshotRig.Opened();
        _snapshot = rig.Write(900);
        _bytes = rig.Bytes(_snapshot);
        StartClient();
        N1.ExpectConnect();
    }

    [Fact]
    public async Task It_asks_takes_the_parts_in_order_and_gives_the_file_its_name_last()
    {
        var call = Backup();
        Opens();

        for (var at = 0; at < _bytes.Length; at += PartBytes)
        {
            Assert.Equal(at, N1.Session.ExpectMsg<ContinueBackup>().Offset);
            Assert.DoesNotContain(Name, _disk.List());
            Sends(at);
        }

        Assert.True(call.Outcome.IsCompleted);
        Assert.Equal(new BackupTaken(N1.Id, _snapshot.Last, _bytes.Length), await call.Outcome);
        Assert.Equal([Name], _disk.AfterPowerLoss(new Random(1)).List());
        Assert.Equal(_bytes, _disk.AfterPowerLoss(new Random(1)).Bytes(Name));
        Assert.Equal(_bytes.Length, N1.Session.ExpectMsg<ContinueBackup>().Offset);
        N1.Session.ExpectMsg<DisconnectClient>();
    }

    [Fact]
    public void Late_repeated_and_strange_parts_change_nothing()
    {
        var call = Backup();
        Opens();
        Sends(0);
        Sends(0);
        Sends(300);
        Asker.Tell(new BackupPart(100, new byte[PartBytes]), N2.Session.Ref);
        for (var at = PartBytes; at < _bytes.Length; at += PartBytes) Sends(at);

        Assert.True(call.Outcome.IsCompletedSuccessfully);
        Assert.Equal(_bytes, _disk.Bytes(Name));
    }

    [Fact]
    public void What_gets_lost_is_asked_for_again()
    {
        Backup();
        Pass(Seconds(2));
        N1.Door.FishForMessage<OpenBackup>(_ => true);   // The client itself asks for a leader meanwhile.
        Opens();
        N1.Session.ExpectMsg<ContinueBackup>();
        Sends(0);
        Assert.Equal(PartBytes, N1.Session.ExpectMsg<ContinueBackup>().Offset);

        Pass(Seconds(2));

        Assert.Equal(PartBytes, N1.Session.ExpectMsg<ContinueBackup>().Offset);
    }

    [Fact]
    public void A_second_backup_that_the_question_made_is_sent_away()
    {
        Backup();
        Opens();

        Asker.Tell(Announcement(), N2.Session.Ref);

        N2.Session.ExpectMsg<DisconnectClient>();
    }

    [Fact]
    public void Damage_on_the_way_leaves_nothing()
    {
        var call = Backup();
        _bytes[500] ^= 1;
        Opens();
        for (var at = 0; at < _bytes.Length; at += PartBytes) Sends(at);

        Assert.Contains("is damaged at byte", Failure(call), StringComparison.Ordinal);
        Assert.Empty(_disk.List());
    }

    [Fact]
    public void Another_backup_than_was_announced_leaves_nothing()
    {
        var call = Backup();
        Asker.Tell(Announcement() with { Checksum = 1 }, N1.Session.Ref);
        for (var at = 0; at < _bytes.Length; at += PartBytes) Sends(at);

        Assert.Contains("was announced", Failure(call), StringComparison.Ordinal);
        Assert.Empty(_disk.List());
    }

    [Fact]
    public void More_than_was_announced_is_not_taken()
    {
        var call = Backup();
        Asker.Tell(Announcement() with { Bytes = 250 }, N1.Session.Ref);
        for (var at = 0; at < 300; at += PartBytes) Sends(at);

        Assert.Contains("more than the 250 bytes", Failure(call), StringComparison.Ordinal);
        Assert.Empty(_disk.List());
    }

    [Theory]
    [InlineData(1), InlineData(long.MaxValue)]
    public void An_announcement_of_a_length_that_none_has_is_refused(long bytes)
    {
        var call = Backup();

        Asker.Tell(Announcement() with { Bytes = bytes }, N1.Session.Ref);

        Assert.Contains("which none has", Failure(call), StringComparison.Ordinal);
    }

    [Fact]
    public void A_server_that_falls_silent_ends_it_and_nothing_is_left()
    {
        var call = Backup();
        Opens();
        Sends(0);

        Pass(Seconds(60.5));

        Assert.Contains("sent nothing for 60 s", Failure(call), StringComparison.Ordinal);
        Assert.Empty(_disk.List());
    }

    [Fact]
    public void A_refusal_for_now_is_asked_again_until_the_patience_ends()
    {
        var call = Backup();
        Asker.Tell(new ClientRefused(N1.Id, "no leader", IsFinal: false), N1.Door.Ref);
        Assert.False(call.Outcome.IsCompleted);

        Pass(Seconds(2));
        N1.Door.FishForMessage<OpenBackup>(_ => true);   // The client itself asks for a leader meanwhile.
        Pass(Seconds(60));
        Assert.Contains("no leader", Failure(call), StringComparison.Ordinal);
    }

    [Fact]
    public void A_refusal_for_good_ends_it_at_once()
    {
        var call = Backup();

        Asker.Tell(new ClientRefused(N1.Id, "another cluster", IsFinal: true), N1.Door.Ref);

        Assert.Contains("another cluster", Failure(call), StringComparison.Ordinal);
    }

    [Fact]
    public void A_token_ends_it_and_nothing_is_left()
    {
        var call = Backup();
        Opens();
        Sends(0);

        _stop.Cancel();
        Pass(BackupAsker.TickInterval);

        Assert.IsType<CallCanceledException>(call.Outcome.Exception!.InnerException);
        Assert.Empty(_disk.List());
    }

    [Fact]
    public void A_file_of_that_name_is_not_replaced_unless_the_caller_says_so()
    {
        _disk.Put(Name, [1, 2, 3]);
        var refused = Backup();
        Assert.Contains("There is a file", Failure(refused), StringComparison.Ordinal);
        Assert.False(N1.Door.HasMessages);
        Assert.Equal([1, 2, 3], _disk.Bytes(Name));

        var allowed = Backup(overwrites: true);
        Opens();
        for (var at = 0; at < _bytes.Length; at += PartBytes) Sends(at);
        Assert.True(allowed.Outcome.IsCompletedSuccessfully);
        Assert.Equal(_bytes, _disk.Bytes(Name));
    }

    [Fact]
    public void A_file_that_came_into_being_meanwhile_is_not_replaced_either()
    {
        var call = Backup();
        Opens();
        Sends(0);
        _disk.Put(Name, [1, 2, 3]);
        for (var at = PartBytes; at < _bytes.Length; at += PartBytes) Sends(at);

        Assert.Contains("There is a file", Failure(call), StringComparison.Ordinal);
        Assert.Equal([Name], _disk.List());
        Assert.Equal([1, 2, 3], _disk.Bytes(Name));
    }

    [Fact]
    public void A_full_disk_ends_it_and_nothing_is_left()
    {
        var call = Backup();
        Opens();
        Sends(0);
        _disk.FaultAt = (_, operation) => operation == DiskOperation.Write ? DiskFault.FailForSpace : DiskFault.None;

        Sends(PartBytes);

        Assert.Contains("no space left", Failure(call), StringComparison.Ordinal);
        Assert.Empty(_disk.List());
    }

    // What a crash leaves under the name is the whole, or there is no such name.
    [Fact]
    public void A_crash_at_any_step_leaves_the_whole_file_or_none_of_that_name()
    {
        var (whole, none, at) = (0, 0, 1);
        for (var crashed = true; crashed; at++)
        {
            var disk = new MemoryDisk();
            disk.FaultAt = (number, _) => number == at ? DiskFault.CrashAfter : DiskFault.None;
            crashed = Record.Exception(() => WriteTo(disk)) is SimulatedCrashException;
            for (var seed = 0; seed < 10; seed++)
            {
                var after = seed == 0 ? disk.AfterKill() : disk.AfterPowerLoss(new Random(seed));
                if (!after.List().Contains(Name)) none++;
                else whole++;
                if (after.List().Contains(Name)) Assert.Equal(_bytes, after.Bytes(Name));
            }
        }

        Assert.True(at > 5 && whole > 0 && none > 0, $"{at} steps, {whole} whole, {none} without");
    }

    private void WriteTo(MemoryDisk disk)
    {
        using var file = new BackupFile(disk, Name, "1", overwrites: false);
        file.Write(_bytes);
        file.Finish(LogRig.Ann, _snapshot);
    }

    private BackupCall Backup(bool overwrites = false)
    {
        var call = new BackupCall(
            N1.Address, () => new BackupFile(_disk, Name, "1", overwrites), TimeSpan.FromMinutes(1), _stop.Token);
        Client.Tell(call);
        if (call.Outcome.IsCompleted) return call;

        N1.Door.ExpectMsg<OpenBackup>();
        Asker = N1.Door.LastSender;
        return call;
    }

    private IActorRef Asker { get; set; } = ActorRefs.Nobody;

    private BackupOpened Announcement() => new(N1.Id, _snapshot.Last, _bytes.Length, _snapshot.Checksum);

    private void Opens() => Asker.Tell(Announcement(), N1.Session.Ref);

    private void Sends(int at) => Asker.Tell(
        new BackupPart(at, _bytes.AsMemory(at, Math.Min(PartBytes, _bytes.Length - at))), N1.Session.Ref);

    private static string Failure(BackupCall call)
    {
        Assert.True(call.Outcome.IsFaulted, "it did not fail");
        return Assert.IsType<BackupFailedException>(call.Outcome.Exception!.InnerException).Message;
    }
}
