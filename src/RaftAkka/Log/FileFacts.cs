using System.Buffers.Binary;
using Microsoft.Win32.SafeHandles;

namespace RaftAkka.Log;

/// <summary>What statx(2) says of a file or a directory.</summary>
/// <param name="Mode">Type and permissions.</param>
/// <param name="Links">How many names it has.</param>
/// <param name="Bytes">Its length.</param>
/// <param name="Device">The file system that it is on.</param>
/// <param name="Inode">Its number there.</param>
internal readonly record struct FileFacts(int Mode, uint Links, long Bytes, ulong Device, ulong Inode)
{
    private const int TypeMask = 0xF000;
    private const int TypeDirectory = 0x4000;
    private const int TypeRegular = 0x8000;

    private const uint BasicFacts = 0x7FF;   // STATX_BASIC_STATS
    private const int StructBytes = 256;     // struct statx, the same on every architecture.

    public bool IsDirectory => (Mode & TypeMask) == TypeDirectory;

    public bool IsRegular => (Mode & TypeMask) == TypeRegular;

    /// <summary>Whether others than the owner may do anything with it.</summary>
    public bool IsOpenToOthers => (Mode & 0x3F) != 0;

    /// <summary>What the type is called, for messages.</summary>
    public string Kind => (Mode & TypeMask) switch
    {
        TypeRegular => "a file",
        TypeDirectory => "a directory",
        0x1000 => "a named pipe",
        0xC000 => "a socket",
        0xA000 => "a symbolic link",
        _ => "a device",
    };

    /// <returns>Null where the call fails; the error is the last one.</returns>
    public static FileFacts? Of(SafeFileHandle file)
    {
        Span<byte> facts = stackalloc byte[StructBytes];
        return LibC.StatX(file, "", LibC.AtHandle, BasicFacts, facts) == 0 ? Read(facts) : null;
    }

    /// <summary>The same for a name in a directory.</summary>
    public static FileFacts? At(SafeFileHandle directory, string name, bool followsLinks)
    {
        Span<byte> facts = stackalloc byte[StructBytes];
        var flags = followsLinks ? 0 : LibC.AtNoFollow;
        return LibC.StatX(directory, name, flags, BasicFacts, facts) == 0 ? Read(facts) : null;
    }

    /// <summary>The same for a path; links are followed.</summary>
    public static FileFacts? At(string path)
    {
        Span<byte> facts = stackalloc byte[StructBytes];
        return LibC.StatX(LibC.AtCurrentDirectory, path, 0, BasicFacts, facts) == 0 ? Read(facts) : null;
    }

    private static FileFacts Read(ReadOnlySpan<byte> facts) => new(
        BinaryPrimitives.ReadUInt16LittleEndian(facts[28..]),
        BinaryPrimitives.ReadUInt32LittleEndian(facts[16..]),
        BinaryPrimitives.ReadInt64LittleEndian(facts[40..]),
        BinaryPrimitives.ReadUInt64LittleEndian(facts[136..]),
        BinaryPrimitives.ReadUInt64LittleEndian(facts[32..]));
}
