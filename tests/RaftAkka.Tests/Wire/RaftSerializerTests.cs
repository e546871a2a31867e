using Google.Protobuf;
using RaftAkka.Protocol;
using RaftAkka.Tests.House;
using RaftAkka.Wire;
using Xunit;

namespace RaftAkka.Tests.Wire;

public sealed class RaftSerializerTests
{
    private static readonly string GoldenFile =
        Repository.PathOf("tests", "RaftAkka.Tests", "Wire", "GoldenBytes.txt");

    private readonly RaftSerializer _serializer = new(null!);

    [Fact]
    public void Every_message_has_a_manifest_of_its_own_and_a_golden_instance()
    {
        var manifests = WireMessages.Types.Select(type => Manifests.OfType(type)).ToList();

        Assert.DoesNotContain(null, manifests);
        Assert.Equal(manifests.Count, manifests.Distinct().Count());
        Assert.Empty(manifests.Intersect(Manifests.Retired));
        Assert.Equal(WireMessages.Types, WireMessages.Golden.Select(golden => golden.GetType())
            .OrderBy(type => type.Name, StringComparer.Ordinal));
    }

    [Fact]
    public void The_bytes_of_every_message_are_those_that_earlier_releases_wrote()
    {
        var written = WireMessages.Golden
            .Select(message => $"{_serializer.Manifest(message)} {Hex(_serializer.ToBinary(message))}")
            .Order(StringComparer.Ordinal);
        var golden = File.ReadAllLines(GoldenFile).Where(line => !line.StartsWith('#'));

        Assert.True(golden.SequenceEqual(written),
            $"""
            The wire format changed: servers of the release before could not talk to this one.
            If that is decided, give the message a new manifest, keep reading the old one for a release, write it
            into CHANGELOG.md, and replace the lines in {Repository.Shown(GoldenFile)}. What is written now:
            {string.Join('\n', written)}
            """);
    }

    [Fact]
    public void The_bytes_that_earlier_releases_wrote_are_read()
    {
        foreach (var line in File.ReadAllLines(GoldenFile).Where(line => !line.StartsWith('#')))
        {
            var (manifest, bytes) = (line[..3], Convert.FromHexString(line[3..].Trim()));
            var expected = WireMessages.Golden.Single(message => _serializer.Manifest(message) == manifest);
            Same.Message(expected, _serializer.FromBinary(bytes, manifest));
        }
    }

    // What the release before clients drew tokens writes of sessions: they have none.
    [Fact]
    public void Messages_about_sessions_without_a_token_are_read()
    {
        Same.Message(new KeepAlive(new(42)), _serializer.FromBinary(Convert.FromHexString("082a"), Manifests.KeepAlive));
        Same.Message(new DisconnectClient(), _serializer.FromBinary([], Manifests.DisconnectClient));
        Same.Message(
            new RegisterSession(1, SessionToken.None),
            _serializer.FromBinary(Convert.FromHexString("0801"), Manifests.RegisterSession));
    }

    // A client of a release that knows no such status would drop the whole message, other results included.
    [Fact]
    public void A_query_that_failed_is_malformed_to_clients_that_know_no_such_status()
    {
        var failed = new BatchResults(7, [new(new(1), CommandStatus.QueryFailed, "no number"u8.ToArray())]);

        var bytes = _serializer.ToBinary(failed);

        var asEarlier = RaftAkka.Wire.Proto.BatchResults.Parser.ParseFrom(bytes).Results[0];
        Assert.Equal(RaftAkka.Wire.Proto.CommandStatus.Malformed, asEarlier.Status);
        Same.Message(failed, _serializer.FromBinary(bytes, Manifests.BatchResults));
    }

    [Fact]
    public void A_status_of_a_later_release_is_read_as_the_nearest_known_one()
    {
        var result = new RaftAkka.Wire.Proto.CommandResult
        {
            Sequence = 1, Status = RaftAkka.Wire.Proto.CommandStatus.Malformed,
            LaterStatus = (RaftAkka.Wire.Proto.CommandStatus)99,
        };
        var bytes = new RaftAkka.Wire.Proto.BatchResults { Batch = 7, Results = { result } }.ToByteArray();

        var read = (BatchResults)_serializer.FromBinary(bytes, Manifests.BatchResults);

        Assert.Equal(CommandStatus.Malformed, read.Results[0].Status);
    }

    [Fact]
    public void A_status_of_a_release_that_says_nothing_of_its_disk_is_read()
    {
        var bytes = Convert.FromHexString(
            "0a066e6f64652d3110021a43080712066e6f64652d321a170a066e6f64652d31120d31302e302e302e313a343"
            + "035331a1b0a066e6f64652d32120f64622e6578616d706c653a34303533180320ac02202b282a30293828401f");

        var status = (ServerStatus)_serializer.FromBinary(bytes, Manifests.ServerStatus);

        Assert.Equal((DiskState.Unknown, new LogIndex(31)), (status.Disk, status.FirstIndex));
        Assert.Empty(status.Problems);
    }

    [Fact]
    public void What_a_server_that_does_not_count_is_told_of_the_cluster_is_read_back()
    {
        var view = WireMessages.Golden.OfType<KeepAliveReply>().Single().View;
        var refused = WireMessages.Golden.OfType<DiskRefused>().Single() with { IsRolledBack = true, View = view };
        var removed = WireMessages.Golden.OfType<RemovalNotice>().Single() with { View = view };

        Same.Message(refused, _serializer.FromBinary(_serializer.ToBinary(refused), Manifests.DiskRefused));
        Same.Message(removed, _serializer.FromBinary(_serializer.ToBinary(removed), Manifests.RemovalNotice));
    }

    [Theory, MemberData(nameof(TypesAndSeeds))]
    public void What_is_written_is_read_back(string type, int seed)
    {
        var random = new Random(seed);
        for (var i = 0; i < 200; i++)
        {
            var message = WireMessages.Random(Type(type), random);
            var bytes = _serializer.ToBinary(message);

            Same.Message(message, _serializer.FromBinary(bytes, _serializer.Manifest(message)));
        }
    }

    // The messages that carry bulk are written and read by hand. They are protobuf all the same: what the
    // generated code writes is what we write, and read.
    [Theory, MemberData(nameof(TypesAndSeeds))]
    public void The_generated_code_agrees(string type, int seed)
    {
        var random = new Random(seed);
        for (var i = 0; i < 200; i++)
        {
            var bytes = _serializer.ToBinary(WireMessages.Random(Type(type), random));
            var descriptor = RaftAkka.Wire.Proto.RaftReflection.Descriptor.MessageTypes
                .Concat(RaftAkka.Wire.Proto.MembershipReflection.Descriptor.MessageTypes)
                .Single(candidate => candidate.Name == type);

            Assert.Equal(Hex(bytes), Hex(descriptor.Parser.ParseFrom(bytes).ToByteArray()));
        }
    }

    [Theory, MemberData(nameof(TypesAndSeeds))]
    public void A_field_that_a_later_release_adds_is_passed_over(string type, int seed)
    {
        var message = WireMessages.Random(Type(type), new Random(seed));
        byte[] number = [99 << 3 & 0x7f | 0x80, 99 << 3 >> 7, 5];
        byte[] text = [98 << 3 & 0x7f | 0x82, 98 << 3 >> 7, 2, 65, 66];
        byte[] fixed32 = [97 << 3 & 0x7f | 0x85, 97 << 3 >> 7, 1, 2, 3, 4];
        byte[] fixed64 = [96 << 3 & 0x7f | 0x81, 96 << 3 >> 7, 1, 2, 3, 4, 5, 6, 7, 8];

        byte[] bytes = [.. number, .. text, .. _serializer.ToBinary(message), .. fixed32, .. fixed64];

        Same.Message(message, _serializer.FromBinary(bytes, _serializer.Manifest(message)));
    }

    [Fact]
    public void Entries_and_payloads_are_views_of_the_bytes_that_came()
    {
        var append = WireMessages.Golden.OfType<AppendEntries>().Single();
        var bytes = _serializer.ToBinary(append);

        var read = (AppendEntries)_serializer.FromBinary(bytes, Manifests.AppendEntries);

        Assert.True(bytes.AsSpan().Overlaps(read.Entries.First.Record.Span));
    }

    [Fact]
    public void A_header_that_stays_the_same_is_made_once()
    {
        var accepted = WireMessages.Golden.OfType<AppendAccepted>().Single();

        var first = (AppendAccepted)_serializer.FromBinary(_serializer.ToBinary(accepted), Manifests.AppendAccepted);
        var second = (AppendAccepted)_serializer.FromBinary(
            _serializer.ToBinary(accepted with { Matched = new(99) }), Manifests.AppendAccepted);

        Assert.Same(first.Header, second.Header);
    }

    [Fact]
    public void The_largest_entry_fits_into_a_message()
    {
        var header = new MessageHeader(
            new(new string('c', 64)), new(new string('g', 64)), new(new string('s', 64)), new(WireLimits.NumberMax));
        var id = new EntryId(header.Term, new(WireLimits.NumberMax - 1));
        var entry = LogEntry.Create(id, EntryKind.Commands, new byte[RecordCodec.PayloadBytesMax]);
        var append = new AppendEntries(
            header, id with { Index = id.Index.Previous }, LogSlice.Of(entry), id.Index.Previous,
            new ReadRound(WireLimits.NumberMax));

        Same.Message(append, _serializer.FromBinary(_serializer.ToBinary(append), Manifests.AppendEntries));
    }

    [Fact]
    public void A_text_that_is_too_long_is_cut_rather_than_refused()
    {
        var refused = new ClientRefused(new("node-1"), new string('x', 5000), false);

        var read = (ClientRefused)_serializer.FromBinary(_serializer.ToBinary(refused), Manifests.ClientRefused);

        Assert.Equal(WireLimits.TextLengthMax, read.Reason.Length);
        Assert.EndsWith("x…", read.Reason, StringComparison.Ordinal);
    }

    public static TheoryData<string, int> TypesAndSeeds()
    {
        var data = new TheoryData<string, int>();
        foreach (var type in WireMessages.Types)
        {
            data.Add(type.Name, 1);
            data.Add(type.Name, 2);
        }

        return data;
    }

    private static Type Type(string name) => WireMessages.Types.Single(type => type.Name == name);

    private static string Hex(byte[] bytes) => Convert.ToHexStringLower(bytes);
}
