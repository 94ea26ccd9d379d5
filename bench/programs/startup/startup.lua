print("你好，气")
