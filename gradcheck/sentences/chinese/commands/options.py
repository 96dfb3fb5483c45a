"""What is wrong with the options of a command, and with the files they name. In Chinese."""

SENTENCES = {
    "seed": "--seed 是 {seed}，应为不小于 0 的整数",
    "point-of-one": "--point 只属于一个网络，这里有 {count} 个；请写出它所属的那一个",
    "certificate-of-one": "--certificate 只针对一个网络，这里有 {count} 个；请写出要出具证书的那一个",
    "two-files": "{path} 被用作两个文件的名字；请给每个文件各取一个名字",
    "overwritten": "{path} 要被读取（即 {source}），写入会把它覆盖；请给要写的文件另取一个名字",
    "output-into": "标准输出写入 {path}，而它另有用途；请改到别处",
    "not-written": "{path} 没有写成：{error}",
    "wrote": "已写入 {path}",
    # --point
    "batch": "m 是 {m}，一批至少要有一个样本",
    "lacks": "{path} 缺少 {missing}；{network} 的一个点有 {expected}",
    "neither": "{path} 既不是 .npz 也不是 .json；一个点的键是 {keys}",
    "object": "一个点应是带有键 {keys} 的对象",
    "unread": "无法读取点 {path}：{error}",
    "no-point": "{path} 中没有点：{error}",
    "it": "文件有误（{reason}）",
}
