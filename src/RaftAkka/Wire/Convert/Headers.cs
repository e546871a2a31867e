using RaftAkka.Protocol;

namespace RaftAkka.Wire;

/// <summary>The header of the messages between servers.</summary>
internal static class Headers
{
    private const int Cluster = 1;
    private const int Group = 2;
    private const int Sender = 3;
    private const int Term = 4;
    private const int Disk = 5;

    public static Proto.Header ToProto(MessageHeader header) => new()
    {
        Cluster = header.Cluster.Value,
        Group = header.Group.Value,
        Sender = header.Sender.Value,
        Term = header.Term.Value,
        Disk = header.Disk.Value,
    };

    public static MessageHeader FromProto(string manifest, Proto.Header? header)
    {
        header = Fields.Present(manifest, "header", header);
        return Checked(manifest, header.Cluster, header.Group, header.Sender, header.Term, header.Disk);
    }

    public static int Bytes(MessageHeader header) =>
        ProtoWriter.TextFieldBytes(header.Cluster.Value) + ProtoWriter.TextFieldBytes(header.Group.Value)
        + ProtoWriter.TextFieldBytes(header.Sender.Value) + ProtoWriter.NumberFieldBytes(header.Term.Value)
        + ProtoWriter.NumberFieldBytes(header.Disk.Value);

    public static void Write(ref ProtoWriter writer, MessageHeader header)
    {
        writer.TextField(Cluster, header.Cluster.Value);
        writer.TextField(Group, header.Group.Value);
        writer.TextField(Sender, header.Sender.Value);
        writer.NumberField(Term, header.Term.Value);
        writer.NumberField(Disk, header.Disk.Value);
    }

    public static MessageHeader Read(string manifest, ReadOnlyMemory<byte> bytes)
    {
        string cluster = "", group = "", sender = "";
        long term = 0, disk = 0;
        var reader = new ProtoReader(manifest, bytes);
        while (reader.Next(out var tag))
        {
            switch (tag)
            {
                case Cluster << 3 | ProtoReader.Bytes: cluster = reader.ReadName();      break;
                case Group << 3 | ProtoReader.Bytes:   group = reader.ReadName();        break;
                case Sender << 3 | ProtoReader.Bytes:  sender = reader.ReadName();       break;
                case Term << 3 | ProtoReader.Varint:   term = (long)reader.ReadVarint(); break;
                case Disk << 3 | ProtoReader.Varint:   disk = (long)reader.ReadVarint(); break;
                default: reader.Skip(tag); break;
            }
        }

        return Checked(manifest, cluster, group, sender, term, disk);
    }

    private static MessageHeader Checked(
        string manifest, string cluster, string group, string sender, long term, long disk) =>
        new(Fields.Cluster(manifest, "the cluster", cluster), Fields.Group(manifest, "the group", group),
            Fields.Server(manifest, "the sender", sender), Fields.Term(manifest, "the term", term))
        {
            Disk = Fields.Disk(manifest, disk),
        };
}
