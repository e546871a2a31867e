using Google.Protobuf;
using RaftAkka.Protocol;
using RaftAkka.Wire;
using Xunit;
using Proto = RaftAkka.Wire.Proto;

namespace RaftAkka.Tests.Wire;

/// <summary>
/// Whoever reaches the port may send any bytes. They cost him an error by name, and us next to nothing.
/// </summary>
public sealed class HostileBytesTests
{
    // Protobuf is dense: two bytes can ask for a whole object. This is how much memory a byte may cost at
    // most, on top of what an exception costs.
    private const int AllocatedPerByteMax = 100;
    private const int AllocatedAlwaysMax = 64 * 1024;

    private readonly RaftSerializer _serializer = new(null!);

    [Theory, MemberData(nameof(Names))]
    public void Random_bytes_are_refused_by_name_or_read(string type)
    {
        var random = new Random(4711);
        var manifest = ManifestOf(type);
        for (var i = 0; i < 2000; i++)
        {
            var bytes = new byte[random.Next(120)];
            random.NextBytes(bytes);
            Read(manifest, bytes);
        }
    }

    [Theory, MemberData(nameof(Names))]
    public void Damaged_messages_are_refused_by_name_or_read(string type)
    {
        var random = new Random(1234);
        var manifest = ManifestOf(type);
        for (var i = 0; i < 3000; i++)
        {
            var message = WireMessages.Random(WireMessages.Types.Single(known => known.Name == type), random);
            Read(manifest, Damaged(_serializer.ToBinary(message), random));
        }
    }

    [Fact]
    public void The_bytes_of_one_message_under_the_manifest_of_another_are_refused_by_name_or_read()
    {
        foreach (var message in WireMessages.Golden)
            foreach (var type in WireMessages.Types)
                Read(Manifests.OfType(type)!, _serializer.ToBinary(message));
    }

    [Theory]
    [InlineData(null), InlineData(""), InlineData("xx1"), InlineData("ae2")]
    [InlineData("RaftAkka.Protocol.AppendEntries")]
    public void An_unknown_manifest_is_refused_by_name(string? manifest)
    {
        var refusal = Assert.Throws<WireFormatException>(() => _serializer.FromBinary([], manifest!));

        Assert.Contains("knows no such message", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_hostile_manifest_does_not_get_into_the_log()
    {
        var refusal = Assert.Throws<WireFormatException>(() => _serializer.FromBinary([], "ae1\nERROR disk on fire"));

        Assert.DoesNotContain("fire", refusal.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("at RaftAkka", refusal.ToString(), StringComparison.Ordinal);   // No stack trace either.
    }

    [Fact]
    public void A_length_beyond_the_message_is_refused_before_anything_is_allocated()
    {
        byte[] entriesOfTwoGigabytes = [15 << 3 | 2, 0xff, 0xff, 0xff, 0xff, 0x07];

        Refused(Manifests.AppendEntries, entriesOfTwoGigabytes, "longer than the message");
        Refused(Manifests.SendCommands, entriesOfTwoGigabytes, "longer than the message");
        Refused(Manifests.BatchResults, entriesOfTwoGigabytes, "longer than the message");
    }

    [Fact]
    public void A_message_larger_than_a_frame_is_neither_read_nor_written()
    {
        Refused(Manifests.SendCommands, new byte[WireLimits.MessageBytesMax + 1], "at most");
        Assert.Throws<WireFormatException>(
            () => _serializer.ToBinary(new SendCommands(1, new byte[WireLimits.MessageBytesMax])));
    }

    [Fact]
    public void A_control_message_is_small()
    {
        Refused(Manifests.VoteReply, new byte[WireLimits.ControlBytesMax + 1], "at most");
    }

    [Fact]
    public void A_view_of_too_many_members_is_refused()
    {
        var view = new Proto.ClusterView();
        for (var i = 0; i < 30_000; i++) view.Members.Add(new Proto.MemberAddress());

        Refused(Manifests.KeepAliveReply, new Proto.KeepAliveReply { View = view }.ToByteArray(), "members");
    }

    [Fact]
    public void More_results_than_a_batch_can_have_are_refused()
    {
        var bytes = new byte[2 * (WireLimits.ResultsMax + 1)];
        for (var i = 0; i < bytes.Length; i += 2) bytes[i] = 15 << 3 | 2;

        Refused(Manifests.BatchResults, bytes, "more than any batch");
    }

    [Theory]
    [InlineData(-1), InlineData(long.MinValue), InlineData(long.MaxValue), InlineData((1L << 60) + 1)]
    public void A_number_that_nobody_can_have_counted_to_is_refused(long number)
    {
        var header = Header();
        header.Term = number;
        Refused(Manifests.VoteReply, new Proto.VoteReply { Header = header }.ToByteArray(), "the term");
        Refused(Manifests.AppendAccepted, new Proto.AppendAccepted { Header = header }.ToByteArray(), "the term");
        Refused(Manifests.AppendAccepted,
            new Proto.AppendAccepted { Header = Header(), Matched = number }.ToByteArray(), "the matched index");
        Refused(Manifests.AppendAccepted,
            new Proto.AppendAccepted { Header = Header(), Round = number }.ToByteArray(), "the round");
        Refused(Manifests.AppendAccepted,
            new Proto.AppendAccepted { Header = Header(), LeaseMilliseconds = number }.ToByteArray(), "the lease");
        Refused(Manifests.AppendEntries,
            new Proto.AppendEntries { Header = Header(), Round = number }.ToByteArray(), "the round");
        Refused(Manifests.AppendRejected,
            new Proto.AppendRejected
            {
                Header = Header(), Rejected = new(), Conflict = new(), LeaseMilliseconds = number,
            }.ToByteArray(), "the lease");
        Refused(Manifests.AskReadIndex,
            new Proto.AskReadIndex { Header = Header(), Id = number }.ToByteArray(), "the id");
        Refused(Manifests.ReadIndexReply,
            new Proto.ReadIndexReply { Header = Header(), Index = number }.ToByteArray(), "the read index");
    }

    [Theory]
    [InlineData(""), InlineData("a b"), InlineData("a\nERROR b"), InlineData("ä")]
    [InlineData("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")]
    public void A_name_that_is_none_is_refused_and_not_quoted(string name)
    {
        var header = Header();
        header.Sender = name;
        var vote = Refused(Manifests.VoteReply, new Proto.VoteReply { Header = header }.ToByteArray(), "the sender");
        Refused(Manifests.AppendAccepted, new Proto.AppendAccepted { Header = header }.ToByteArray(), "name");

        Assert.DoesNotContain("ERROR", vote.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(""), InlineData("host"), InlineData(":1"), InlineData("host:"), InlineData("host:65536")]
    [InlineData("ho st:1"), InlineData("host:1\n"), InlineData("host:-1")]
    public void An_address_that_is_none_is_refused(string address)
    {
        var view = new Proto.ClusterView { Members = { new Proto.MemberAddress { Server = "a", Address = address } } };

        Refused(Manifests.KeepAliveReply, new Proto.KeepAliveReply { View = view }.ToByteArray(), "address");
    }

    [Fact]
    public void A_session_that_no_server_could_have_given_is_refused()
    {
        Refused(Manifests.KeepAlive, new Proto.KeepAlive { Session = -1 }.ToByteArray(), "the session");
        Refused(Manifests.KeepAlive, new Proto.KeepAlive { Session = long.MaxValue }.ToByteArray(), "the session");
    }

    [Fact]
    public void What_must_be_there_and_is_missing_is_refused()
    {
        Refused(Manifests.VoteReply, [], "header is missing");
        Refused(Manifests.AppendEntries, [], "header is missing");
        Refused(Manifests.KeepAliveReply, [], "view is missing");
        Refused(Manifests.RequestVote,
            new Proto.RequestVote { Header = Header() }.ToByteArray(), "the last entry is missing");
    }

    // What a client asks for has to be known; of what servers answer, see LaterReleaseTests.
    [Fact]
    public void A_consistency_of_a_later_release_is_refused() =>
        Refused(Manifests.SendQueries,
            new Proto.SendQueries { Consistency = (Proto.ReadConsistency)7 }.ToByteArray(), "the consistency");

    [Fact]
    public void Values_that_no_release_has_are_read_as_unknown()
    {
        foreach (var reason in (int[])[0, 260, -1])
        {
            var bytes = new Proto.BatchRefused { Reason = (Proto.RefusalReason)reason, View = new() }.ToByteArray();
            Assert.Equal(RefusalReason.Unknown, ((BatchRefused)_serializer.FromBinary(bytes, Manifests.BatchRefused)).Reason);
        }

        var results = new Proto.BatchResults { Results = { new Proto.CommandResult { Status = (Proto.CommandStatus)(-1) } } };
        var read = (BatchResults)_serializer.FromBinary(results.ToByteArray(), Manifests.BatchResults);
        Assert.Equal(CommandStatus.Unknown, Assert.Single(read.Results).Status);
    }

    [Fact]
    public void Entries_that_do_not_follow_what_they_should_are_refused()
    {
        var entry = LogEntry.Create(new(new(5), new(10)), EntryKind.NoOp, []);
        Proto.AppendEntries Append(long previousTerm, long previousIndex, long term) => new()
        {
            Header = Header(term), PreviousTerm = previousTerm, PreviousIndex = previousIndex,
            Entries = ByteString.CopyFrom(entry.Record.Span),
        };

        Assert.IsType<AppendEntries>(
            _serializer.FromBinary(Append(5, 9, term: 5).ToByteArray(), Manifests.AppendEntries));
        Refused(Manifests.AppendEntries, Append(5, 8, term: 5).ToByteArray(), "do not follow");
        Refused(Manifests.AppendEntries, Append(6, 9, term: 6).ToByteArray(), "do not follow");
        Refused(Manifests.AppendEntries, Append(4, 9, term: 4).ToByteArray(), "later term");
    }

    [Fact]
    public void A_flipped_bit_in_an_entry_is_noticed()
    {
        var append = WireMessages.Golden.OfType<AppendEntries>().Single();
        var bytes = _serializer.ToBinary(append);
        var firstOfEntries = bytes.Length - append.Entries.RecordBytes;

        for (var bit = firstOfEntries * 8; bit < bytes.Length * 8; bit++)
        {
            var damaged = bytes.ToArray();
            damaged[bit / 8] ^= (byte)(1 << bit % 8);
            Refused(Manifests.AppendEntries, damaged, "damaged");
        }
    }

    public static TheoryData<string> Names() => [.. WireMessages.Types.Select(type => type.Name)];

    private void Read(string manifest, byte[] bytes)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        try
        {
            var message = _serializer.FromBinary(bytes, manifest);
            Assert.Equal(manifest, _serializer.Manifest(message));
        }
        catch (WireFormatException refusal)
        {
            Assert.Equal(manifest, refusal.Manifest);
        }

        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.True(allocated <= AllocatedAlwaysMax + AllocatedPerByteMax * bytes.Length,
            $"{bytes.Length} bytes as {manifest} cost {allocated}: {Convert.ToHexString(bytes)}");
    }

    [Theory]
    [InlineData(0, 9, 4, 1000, 0, 10, "of no entry")]
    [InlineData(9, 0, 4, 1000, 0, 10, "of no entry")]
    [InlineData(9, 5, 4, 1000, 0, 10, "of a later term")]
    [InlineData(9, 4, 4, 1000, 0, 0, "its chunk has 0 bytes")]
    [InlineData(9, 4, 4, 1_000_000, 0, InstallSnapshot.ChunkBytesMax + 1, "its chunk has")]
    [InlineData(9, 4, 4, 1000, 991, 10, "beyond the snapshot's end")]
    [InlineData(9, 4, 4, 5, 0, 10, "beyond the snapshot's end")]
    public void A_part_of_a_snapshot_that_cannot_be_is_refused(
        int index, int term, int leaderTerm, long bytes, long offset, int chunk, string reason)
    {
        var header = new MessageHeader(new("orders"), new("raft"), new("node-1"), new(leaderTerm));
        var part = new InstallSnapshot(header, new EntryId(new(term), new(index)), bytes, 7, offset, new byte[chunk]);

        Refused(Manifests.InstallSnapshot, _serializer.ToBinary(part), reason);
    }

    [Fact]
    public void A_checksum_of_more_than_32_bits_is_refused()
    {
        var part = new Proto.InstallSnapshot
        {
            Header = Header(), LastTerm = 1, LastIndex = 1, Bytes = 10, Checksum = 1L << 32,
            Chunk = ByteString.CopyFrom(1),
        };

        Refused(Manifests.InstallSnapshot, part.ToByteArray(), "longer than 32 bits");
    }

    [Fact]
    public void A_backup_that_cannot_be_is_refused()
    {
        Proto.BackupOpened Opened() =>
            new() { Server = "node-1", LastTerm = 6, LastIndex = 41, Bytes = 1000, Checksum = 7 };
        void RefusedWith(Action<Proto.BackupOpened> change, string reason)
        {
            var opened = Opened();
            change(opened);
            Refused(Manifests.BackupOpened, opened.ToByteArray(), reason);
        }

        Assert.IsType<BackupOpened>(_serializer.FromBinary(Opened().ToByteArray(), Manifests.BackupOpened));
        RefusedWith(opened => opened.LastIndex = 0, "of no entry");
        RefusedWith(opened => opened.LastTerm = -1, "the last term");
        RefusedWith(opened => opened.LastIndex = long.MaxValue, "the last index");
        RefusedWith(opened => opened.Bytes = 0, "no bytes");
        RefusedWith(opened => opened.Bytes = -1, "the length");
        RefusedWith(opened => opened.Server = "a\nb", "the server");
    }

    [Theory]
    [InlineData(0, 0, "its chunk has 0 bytes"), InlineData(0, BackupPart.ChunkBytesMax + 1, "it takes 1 to")]
    [InlineData(-1, 1, "the offset"), InlineData(long.MaxValue, 1, "the offset")]
    public void A_part_of_a_backup_that_cannot_be_is_refused(long offset, int chunk, string reason)
    {
        var part = new Proto.BackupPart { Offset = offset, Chunk = ByteString.CopyFrom(new byte[chunk]) };

        Refused(Manifests.BackupPart, part.ToByteArray(), reason);
        Refused(Manifests.ContinueBackup, new Proto.ContinueBackup { Offset = -1 }.ToByteArray(), "the offset");
    }

    private WireFormatException Refused(string manifest, byte[] bytes, string reason)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        var refusal = Assert.Throws<WireFormatException>(() => _serializer.FromBinary(bytes, manifest));
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        Assert.True(allocated <= AllocatedAlwaysMax + AllocatedPerByteMax * bytes.Length, $"it cost {allocated} bytes");
        Assert.Equal(manifest, refusal.Manifest);
        Assert.Contains(reason, refusal.Message, StringComparison.Ordinal);
        return refusal;
    }

    private static byte[] Damaged(byte[] bytes, Random random)
    {
        var damaged = bytes.ToList();
        for (var times = random.Next(1, 4); times > 0; times--)
        {
            var at = random.Next(damaged.Count + 1);
            switch (random.Next(5))
            {
                case 0: damaged.Insert(at, (byte)random.Next(256)); break;
                case 1: damaged.RemoveRange(at, damaged.Count - at); break;
                case 2: damaged.InsertRange(at, damaged.GetRange(at, (damaged.Count - at) / 2)); break;
                case 3 when at < damaged.Count: damaged.RemoveAt(at); break;
                default: if (at < damaged.Count) damaged[at] ^= (byte)(1 << random.Next(8)); break;
            }
        }

        return [.. damaged];
    }

    private static Proto.Header Header(long term = 1) =>
        new() { Cluster = "orders", Group = "raft", Sender = "node-1", Term = term };

    private static string ManifestOf(string type) =>
        Manifests.OfType(WireMessages.Types.Single(known => known.Name == type))!;
}
